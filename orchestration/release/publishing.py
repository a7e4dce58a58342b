"""Writing a release and letting readers see it.

Everything is written under a hidden name and checked; renaming the link is the one moment at which readers
see it. A run that is killed before leaves a hidden folder, which the next run removes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from orchestration.errors import WarehouseError
from orchestration.release.history import restored_dir
from orchestration.release.releases import MANIFEST_FILE, REPORTS, Release
from orchestration.settings import KEPT_RELEASES

_UNFINISHED = ".unfinished-"


def no_report(folder: Path) -> None:
    """Write nothing that people read into the release's folder."""


def publish_written(
    warehouse_dir: Path,
    release: Release,
    write: Callable[[Path], Mapping[str, int]],
    check: Callable[[Path, Mapping[str, int]], None],
    show: Callable[[Path], None] = lambda folder: None,
    *,
    report: Callable[[Path], None] = no_report,
    kept: int = KEPT_RELEASES,
) -> Release:
    """Have an engine `write` the marts into a folder, `check` it, and point `published` to it.

    `write` returns the rows of each mart as they were built, `check` raises where the folder holds something
    else, `report` writes what people read of it, and `show` is told the folder's last name just before the
    link is renamed. `kept` releases stay.

    Returns:
        The release with the rows of each mart.
    """
    releases = warehouse_dir / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    remove_leftovers(warehouse_dir)
    unfinished = releases / f"{_UNFINISHED}{release.release_id}"
    (unfinished / "marts").mkdir(parents=True)
    marts = write(unfinished)
    reports = warehouse_dir / "build" / "reports"
    if reports.exists():
        shutil.copytree(reports, unfinished / REPORTS)
    written = replace(release, marts=marts)
    _write_manifest(unfinished / MANIFEST_FILE, written)
    check(unfinished, marts)
    report(unfinished)
    _sync(unfinished)
    final = releases / release.release_id
    unfinished.rename(final)
    _sync_folder(releases)
    show(final)
    switch(warehouse_dir, final)
    # The release holds it now.
    shutil.rmtree(restored_dir(warehouse_dir).parent, ignore_errors=True)
    _remove_old(warehouse_dir, kept)
    return written


def mart_mismatch(name: str, rows: int, kind: str, folder: Path, found: int) -> WarehouseError:
    """What to say where a mart was written with other rows than it was built with."""
    return WarehouseError(
        f"Mart {name} has {rows} rows, but its {kind} in {folder} has {found}; "
        "nothing was published. Check the disk, then run again."
    )


def remove_leftovers(warehouse_dir: Path) -> None:
    """Remove what killed runs left: unfinished releases, a link that was never renamed."""
    for folder in (warehouse_dir / "releases").glob(f"{_UNFINISHED}*"):
        shutil.rmtree(folder)
    (warehouse_dir / f"{_UNFINISHED}published").unlink(missing_ok=True)


def _write_manifest(path: Path, release: Release) -> None:
    dates = {"as_of_date": release.as_of_date.isoformat(), "inputs": release.inputs.to_json()}
    content = {**asdict(release), **dates}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _sync(folder: Path) -> None:
    """Have the disk hold every file before a link points to them."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            _sync_folder(path)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def switch(warehouse_dir: Path, release_dir: Path) -> None:
    """Point `published` to the release in one step: a reader sees the old release or the new one."""
    link = warehouse_dir / f"{_UNFINISHED}published"
    link.symlink_to(release_dir.relative_to(warehouse_dir))
    link.replace(warehouse_dir / "published")
    _sync_folder(warehouse_dir)


def _remove_old(warehouse_dir: Path, kept: int) -> None:
    """Keep the published release and the newest others, `kept` in all."""
    current = (warehouse_dir / "published").resolve().name
    others = sorted(path for path in (warehouse_dir / "releases").iterdir() if path.name != current)
    for folder in others[: max(0, len(others) - kept + 1)]:
        shutil.rmtree(folder)
