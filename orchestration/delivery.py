"""What a run is given: the raw files, and whether it can add to what was built before.

Nothing here imports dbt or Dagster: what forbids a run is told within seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.demo import make_demo
from orchestration.engines import engine_of
from orchestration.loading import Inspection, LastLoad, inspect
from orchestration.lock import held
from orchestration.privacy.erasures import is_erasure_file, kept_erasures, require_salt
from orchestration.release.history import history_paths
from orchestration.release.inputs import Inputs, current_inputs, refuse_other_hashes
from orchestration.release.releases import (
    Origin,
    Release,
    published_release,
    refuse_broken_history,
    refuse_other_origin,
)
from orchestration.release.up_to_date import reason_for_full_build, unchanged_files
from orchestration.settings import PROJECT_DIR, Settings


@dataclass(frozen=True)
class Delivery:
    """What a run is given; `reason` says why it builds everything anew, and is None in an increment.

    `published_by` is the run of the release that was published by then.
    """

    inputs: Inputs
    inspection: Inspection
    published_by: str | None
    reason: str | None


def check_run(settings: Settings, *, is_full: bool = False) -> Delivery:
    """What a run of these settings is given, where nothing forbids it.

    Raises:
        WarehouseError: another run holds the warehouse, or it holds something else.
        LoadError: the raw folder cannot be loaded.
        ProjectError: the engine cannot start.
    """
    engine_of(settings).refuse_missing()
    with held(settings.warehouse_dir):
        return read_delivery(settings, is_full=is_full)


def read_delivery(settings: Settings, *, is_full: bool = False) -> Delivery:
    """`check_run` for a run that holds the warehouse already."""
    published = published_release(settings.warehouse_dir)
    if published:
        refuse_broken_history(published, history_paths(settings.warehouse_dir), settings.warehouse_dir)
    origin = Origin.of(settings, PROJECT_DIR)
    refuse_other_origin(published, origin, settings.as_of_date, settings.warehouse_dir)
    make_demo(settings.raw_dir)
    inputs = current_inputs(settings, PROJECT_DIR, published.inputs if published else None)
    is_listed = any(map(is_erasure_file, inputs.files))
    if is_listed:
        require_salt(settings)
    has_erasures = bool(kept_erasures(settings)) or is_listed
    if published:
        refuse_other_hashes(published.inputs, inputs)
    built_by = engine_of(settings).built_by()
    reason = reason_for_full_build(published, inputs, built_by, is_asked=is_full)
    if has_erasures and not reason:
        reason = "rows of erased accounts and users are looked for in every file"
    before = _last_load(published, inputs) if published and not reason else None
    return Delivery(
        inputs=inputs,
        inspection=inspect(settings, before=before),
        published_by=published.run_id if published else None,
        reason=reason,
    )


def _last_load(published: Release, inputs: Inputs) -> LastLoad:
    return LastLoad(published.as_of_date, unchanged_files(published.inputs, inputs))
