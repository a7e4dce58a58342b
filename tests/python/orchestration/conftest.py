"""A small warehouse to run the whole job on."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.cli import app
from orchestration.resources import Warehouse

from ..support.tiny_project import GOOD_ACCOUNTS, tiny_warehouse, write_project, write_raw


def exit_status(*arguments: str) -> int:
    """Run a command in this process, as `python -m orchestration` does; its exit status."""
    with pytest.raises(SystemExit) as ended:
        app(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def tiny(tmp_path: Path) -> Warehouse:
    """The warehouse of a raw folder with three good accounts; nothing was run yet."""
    write_project(tmp_path)
    write_raw(tmp_path, GOOD_ACCOUNTS)
    return tiny_warehouse(tmp_path)
