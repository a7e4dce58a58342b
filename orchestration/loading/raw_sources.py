"""Where raw files come from that are in no folder: they are copied beside the warehouse first.

The copy is kept, so that a night in which nothing changed is known to be one.
"""

from __future__ import annotations

from orchestration.loading.contract import Contract, read_contract
from orchestration.loading.object_stores import copy_bucket
from orchestration.loading.postgres import copy_schema
from orchestration.settings import OBJECT_STORES, Settings


def bring_raw(settings: Settings, contract: Contract | None = None) -> None:
    """Copy what `raw_source` names into `raw_dir`; nothing happens where raw files come from a folder.

    Raises:
        LoadError: what it takes is not installed, the source refuses, or it holds nothing to read.
    """
    if not settings.raw_source or settings.raw_dir is None:
        return
    scheme, _, _ = settings.raw_source.partition("://")
    if scheme in OBJECT_STORES:
        copy_bucket(settings.raw_source, settings.raw_dir)
    else:
        copy_schema(settings.raw_source, settings.raw_dir, contract or read_contract())
