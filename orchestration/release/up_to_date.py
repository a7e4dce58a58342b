"""Whether the published release holds what a run would give, or a run can add to its tables."""

from __future__ import annotations

from orchestration.privacy.erasures import kept_erasures
from orchestration.release.history import restored_dir
from orchestration.release.inputs import Inputs, current_inputs, is_up_to_date
from orchestration.release.releases import Release, published_release
from orchestration.settings import MAPPING_FILE, PROJECT_DIR, Settings


def release_to_keep(settings: Settings) -> Release | None:
    """The published release where a run would give the same one; None where it has to run.

    Raises:
        WarehouseError: `release.json` cannot be read.
    """
    release = published_release(settings.warehouse_dir)
    if release is None or not release.inputs.files or release.origin.raw_dir != str(settings.raw_dir):
        return None
    # A restored history is not in the release yet.
    if restored_dir(settings.warehouse_dir).exists():
        return None
    if not kept_erasures(settings).is_purged:
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


def reason_for_full_build(
    before: Release | None, now: Inputs, built_by: str | None, *, is_asked: bool
) -> str | None:
    """Why a run builds everything anew; None where it can add to the build database of the release `before`.

    `built_by`: the run that published the build database as it is; `is_asked`: a person asked for a full
    build.
    """
    if is_asked:
        return "it was asked for"
    if before is None:
        return "nothing was published yet"
    return _what_has_changed(before, now, built_by)


def _what_has_changed(before: Release, now: Inputs, built_by: str | None) -> str | None:
    if before.inputs.project != now.project:
        return "the project has changed"
    settings = before.inputs.settings.keys() | now.settings.keys()
    if any(before.inputs.settings.get(name) != now.settings.get(name) for name in settings - {"as_of_date"}):
        return "a setting has changed"
    if before.inputs.content_of(MAPPING_FILE) != now.content_of(MAPPING_FILE):
        return "mapping.yml has changed"
    if built_by != before.run_id:
        return "the build database is not as the published release left it"
    return None


def unchanged_files(before: Inputs, now: Inputs) -> set[str]:
    """The names of the raw files whose content is still the same."""
    return {
        name
        for name, file in now.files.items()
        if name in before.files and before.files[name].sha256 == file.sha256
    }
