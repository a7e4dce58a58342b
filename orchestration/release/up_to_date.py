"""Whether the published release already holds what a run would give."""

from __future__ import annotations

from orchestration.release.inputs import current_inputs, is_up_to_date
from orchestration.release.releases import Release, published_release
from orchestration.settings import PROJECT_DIR, Settings


def release_to_keep(settings: Settings) -> Release | None:
    """The published release where a run would give the same one; None where it has to run.

    Raises:
        WarehouseError: `release.json` cannot be read.
    """
    release = published_release(settings.warehouse_dir)
    if release is None or not release.inputs.files or release.origin.raw_dir != str(settings.raw_dir):
        return None
    marts = settings.published_link / "marts"
    if any(not (marts / f"{mart}.parquet").exists() for mart in release.marts):
        return None
    try:
        now = current_inputs(settings, PROJECT_DIR, release.inputs)
    except OSError:
        return None
    has_date = settings.as_of_date is not None
    return release if is_up_to_date(release.inputs, now, has_as_of_date=has_date) else None
