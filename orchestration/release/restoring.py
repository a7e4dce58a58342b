"""Stepping back to a kept release, and a backup of what raw data cannot give again.

Scores as first published are append-only: what a release that was left had published is written to
<warehouse>/history, where the next run begins, so that stepping back loses none.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from orchestration.errors import WarehouseError
from orchestration.release.publishing import switch
from orchestration.release.releases import (
    HISTORY_MART,
    MANIFEST_FILE,
    Origin,
    Release,
    history_files,
    history_path,
    kept_releases,
    literal,
    published_history,
    read_release,
    refuse_broken_history,
    restored_history,
    rows_of_history,
)

# As `Settings.erasures_path` names it.
ERASURES_FILE = "erasures.json"
_KEY = "account_id, as_of_date, config_version"


def restore_release(warehouse_dir: Path, release_id: str) -> Release:
    """Let readers see a kept release again, in one step; the caller holds the warehouse.

    Raises:
        WarehouseError: there is no such release, or its history cannot be read.
    """
    kept = kept_releases(warehouse_dir)
    if release_id not in kept:
        known = ", ".join(reversed(kept)) or "none"
        raise WarehouseError(
            f"There is no release {release_id} in {warehouse_dir}/releases; there are: {known}."
        )
    folder = warehouse_dir / "releases" / release_id
    release = read_release(folder)
    refuse_broken_history(release, published_history(folder), warehouse_dir)
    left = (
        history_path(warehouse_dir),
        published_history(folder),
        published_history(warehouse_dir / "published"),
    )
    _keep_history(warehouse_dir, [path for path in left if _is_readable(path)])
    switch(warehouse_dir, folder)
    return release


def back_up(warehouse_dir: Path, release: Release, folder: Path) -> None:
    """Copy what raw data cannot give again into `folder`: scores as first published, and what they belong to.

    Raises:
        WarehouseError: the folder is in use, or the history cannot be read.
    """
    if folder.exists() and any(folder.iterdir()):
        raise WarehouseError(f"{folder} is not empty; name a new folder for the backup.")
    history = history_path(warehouse_dir)
    refuse_broken_history(release, history, warehouse_dir)
    if not history.exists():
        raise WarehouseError(f"{warehouse_dir} has no history of scores yet; there is nothing to back up.")
    folder.mkdir(parents=True, exist_ok=True)
    _write_union([history], _backed_up(folder))
    shutil.copy(warehouse_dir / "published" / MANIFEST_FILE, folder)
    # Whoever was erased stays erased where the backup is taken back.
    if (erasures := warehouse_dir / ERASURES_FILE).exists():
        shutil.copy(erasures, folder)


def restore_backup(warehouse_dir: Path, origin: Origin, folder: Path) -> int:
    """Have the next run begin with the history of a backup, and what is published beside it; rows kept.

    Raises:
        WarehouseError: the folder holds no readable backup, or one of another company.
    """
    history = _backed_up(folder)
    if not _is_readable(history):
        raise WarehouseError(
            f"{folder} holds no backup that can be read; `make backup TO={folder}` writes one."
        )
    backed_up = read_release(folder).origin
    if backed_up != origin:
        raise WarehouseError(
            f"The backup {folder} belongs to {backed_up}, this warehouse to {origin}; "
            "use the settings with which it was made."
        )
    if (erasures := folder / ERASURES_FILE).exists() and not (warehouse_dir / ERASURES_FILE).exists():
        warehouse_dir.mkdir(parents=True, exist_ok=True)
        shutil.copy(erasures, warehouse_dir)
    there = [history_path(warehouse_dir), history]
    return _keep_history(warehouse_dir, [path for path in there if _is_readable(path)])


def _keep_history(warehouse_dir: Path, histories: list[Path]) -> int:
    return _write_union(histories, restored_history(warehouse_dir)) if histories else 0


def _backed_up(folder: Path) -> Path:
    return folder / f"{HISTORY_MART}.parquet"


def _write_union(histories: list[Path], path: Path) -> int:
    """Write the rows of all histories in one step; of one key the row of the first history counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    parts = " union all by name ".join(
        f"select *, {rank} as history_rank from read_parquet({literal(history_files(history))})"
        for rank, history in enumerate(histories)
    )
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        connection.execute(
            f"create table history as select * exclude (history_rank) from ({parts}) "
            f"qualify row_number() over (partition by {_KEY} order by history_rank) = 1 order by {_KEY}"
        )
        connection.table("history").write_parquet(str(unfinished))
        (rows,) = connection.execute("select count(*) from history").fetchall()[0]
    unfinished.replace(path)
    return rows


def _is_readable(history: Path) -> bool:
    try:
        rows_of_history(history)
    except duckdb.Error:
        return False
    return True
