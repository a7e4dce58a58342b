"""What a person reads where the operating system refuses: the path, what is wrong with it, what to do."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from orchestration.errors import WarehouseError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# DuckDB, dbt and Dagster hand on the words of the operating system or of SQLite alone.
_FULL_TEXTS = (
    "No space left on device",
    "Disk quota exceeded",
    "File too large",
    "database or disk is full",
    "disk I/O error",
)
_UNWRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}
_IN_THE_WAY = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR}


def system_error(error: OSError, warehouse_dir: Path | None = None) -> WarehouseError:
    """The error of the operating system as a sentence; `warehouse_dir` is where a full disk is looked at."""
    path = error.filename or warehouse_dir or "A file"
    said = error.strerror or str(error)
    if error.errno in _FULL:
        return WarehouseError(disk_full(Path(path), warehouse_dir))
    if error.errno in _UNWRITABLE:
        advice = "Let the user of this run write there, or set CSKPI_WAREHOUSE_DIR to a folder that it can."
    elif error.errno in _IN_THE_WAY:
        advice = "A file or a folder of this name is in the way: move it, or use another CSKPI_WAREHOUSE_DIR."
    elif error.errno == errno.ELOOP:
        advice = "The link leads back to itself: remove it, or let it lead to a file."
    else:
        advice = "Check the path and the disk, then run again."
    return WarehouseError(f"{path} cannot be used: {said}. {advice}")


def is_disk_full(text: str) -> bool:
    """Whether a message of DuckDB, dbt or SQLite says that a disk is full."""
    return any(full in text for full in _FULL_TEXTS)


def disk_full(path: Path, warehouse_dir: Path | None = None) -> str:
    """What to say of a full disk: where, how much is free, what a run needs, and what can be deleted."""
    needed = ""
    deletable = "files that nobody needs"
    if warehouse_dir:
        build, release = warehouse_dir / "build", (warehouse_dir / "published").resolve()
        if release.is_dir():
            needed = (
                f" A run needs room for one more build and release; the last ones have {_megabytes(build)} "
                f"and {_megabytes(release)} MB."
            )
        deletable = (
            f"{build}, which a run builds again, and old releases in {warehouse_dir / 'releases'}, "
            "but never the one that `published` leads to"
        )
    return (
        f"The disk is full, or a file may not grow further: {path} could not be written "
        f"({_free(path)} MB are free).{needed} Delete {deletable}, or set CSKPI_WAREHOUSE_DIR or "
        "CSKPI_TEMPORARY_DIR to another disk. Nothing was published; the next run repairs what is left."
    )


def _megabytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 1_000_000


def _free(path: Path) -> int:
    there = next(parent for parent in (path, *path.absolute().parents) if parent.exists())
    return shutil.disk_usage(there).free // 1_000_000
