"""Stepping back to a kept release, and a backup of what raw data cannot give again.

Scores and figures as published are append-only: what a release that was left had published is written to
<warehouse>/history, where the next run begins, so that stepping back loses none.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from orchestration.errors import WarehouseError
from orchestration.release.history import (
    HISTORY_MARTS,
    history_paths,
    parquet_rows,
    published_history,
    restored_history,
)
from orchestration.release.publishing import switch
from orchestration.release.releases import (
    MANIFEST_FILE,
    Origin,
    Release,
    kept_releases,
    read_release,
    refuse_broken_history,
    rows_of_history,
)

# As `Settings.erasures_path` names it.
ERASURES_FILE = "erasures.json"


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
        history_paths(warehouse_dir),
        published_history(folder),
        published_history(warehouse_dir / "published"),
    )
    _keep_history(warehouse_dir, left, release_id)
    switch(warehouse_dir, folder)
    return release


def back_up(warehouse_dir: Path, release: Release, folder: Path) -> None:
    """Copy what raw data cannot give again into `folder`: scores and figures as published, and what they
    belong to.

    Raises:
        WarehouseError: the folder is in use, or the history cannot be read.
    """
    if folder.exists() and any(folder.iterdir()):
        raise WarehouseError(f"{folder} is not empty; name a new folder for the backup.")
    paths = history_paths(warehouse_dir)
    refuse_broken_history(release, paths, warehouse_dir)
    there = {mart: path for mart, path in paths.items() if path.exists()}
    if not there:
        raise WarehouseError(f"{warehouse_dir} has no history yet; there is nothing to back up.")
    folder.mkdir(parents=True, exist_ok=True)
    for mart, path in there.items():
        _write_union(mart, [path], _backed_up(folder)[mart])
    shutil.copy(warehouse_dir / "published" / MANIFEST_FILE, folder)
    # Whoever was erased stays erased where the backup is taken back.
    if (erasures := warehouse_dir / ERASURES_FILE).exists():
        shutil.copy(erasures, folder)


def restore_backup(warehouse_dir: Path, origin: Origin, folder: Path) -> int:
    """Have the next run begin with the history of a backup, and what is published beside it; rows kept.

    Raises:
        WarehouseError: the folder holds no readable backup, or one of another company.
    """
    backup = read_release(folder) if (folder / MANIFEST_FILE).exists() else None
    backed_up = _backed_up(folder)
    if not backup or not all(
        _is_readable(backed_up[mart]) for mart in backed_up.keys() & backup.marts.keys()
    ):
        raise WarehouseError(
            f"{folder} holds no backup that can be read; `make backup TO={folder}` writes one."
        )
    if backup.origin != origin:
        raise WarehouseError(
            f"The backup {folder} belongs to {backup.origin}, this warehouse to {origin}; "
            "use the settings with which it was made."
        )
    if (erasures := folder / ERASURES_FILE).exists() and not (warehouse_dir / ERASURES_FILE).exists():
        warehouse_dir.mkdir(parents=True, exist_ok=True)
        shutil.copy(erasures, warehouse_dir)
    link = warehouse_dir / "published"
    if link.is_symlink() and not kept_releases(warehouse_dir):
        # Every release is lost, and a link that leads nowhere would stop the next run.
        link.unlink()
    return _keep_history(warehouse_dir, (history_paths(warehouse_dir), backed_up))


def _keep_history(
    warehouse_dir: Path, places: Sequence[Mapping[str, Path]], release_id: str | None = None
) -> int:
    """Leave what the places hold of each of HISTORY_MARTS for the run after a release; rows kept."""
    rows = 0
    for mart in HISTORY_MARTS:
        histories = [paths[mart] for paths in places if _is_readable(paths[mart])]
        if histories:
            rows += _write_union(mart, histories, restored_history(warehouse_dir, mart, release_id))
    return rows


def _backed_up(folder: Path) -> dict[str, Path]:
    return {mart: folder / f"{mart}.parquet" for mart in HISTORY_MARTS}


def _write_union(mart: str, histories: Sequence[Path], path: Path) -> int:
    """Write the rows of all histories in one step; of one key the row of the first history counts."""
    key = ", ".join(HISTORY_MARTS[mart])
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    parts = " union all by name ".join(
        f"select *, {rank} as history_rank from {parquet_rows(history)}"
        for rank, history in enumerate(histories)
    )
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        connection.execute(
            f"create table history as select * exclude (history_rank) from ({parts}) "
            f"qualify row_number() over (partition by {key} order by history_rank) = 1 order by {key}"
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
