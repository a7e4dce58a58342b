"""What raw data cannot give again: scores and figures as they were published.

Each of HISTORY_MARTS lies in the published release; a run reads it from there, adds to it, and publishes it.
Models read those of figures as the source `history`, views of what the release before holds.
"""

from __future__ import annotations

import glob
from collections.abc import Collection, Mapping
from pathlib import Path

from orchestration.computed import WrittenTable

# The marts that are append-only, with the columns that identify a row.
HISTORY_MARTS: Mapping[str, tuple[str, ...]] = {
    "account_health_history": ("account_id", "as_of_date", "config_version"),
    "account_month_restatements": ("account_id", "month_start", "run_id"),
    "kpi_value_versions": ("kpi_id", "month_start", "segment_dimension", "segment_value", "run_id"),
}
SCORE_HISTORY = "account_health_history"


def published_mart(release_dir: Path, mart: str) -> Path:
    """Where a release holds a mart: a file; a folder of files on Spark."""
    return release_dir / "marts" / f"{mart}.parquet"


def restored_dir(warehouse_dir: Path, release_id: str | None = None) -> Path:
    """Where a restore leaves history for the run after a release, the published one unless another is named.

    Once another release is published it counts no more, even where a kill left it there.
    """
    return warehouse_dir / "history" / (release_id or (warehouse_dir / "published").resolve().name)


def restored_history(warehouse_dir: Path, mart: str, release_id: str | None = None) -> Path:
    """Where a restore leaves one of HISTORY_MARTS."""
    return restored_dir(warehouse_dir, release_id) / f"{mart}.parquet"


def history_path(warehouse_dir: Path, mart: str) -> Path:
    """What the next run begins with: what a restore left, else the mart of the published release."""
    restored = restored_history(warehouse_dir, mart)
    return restored if restored.exists() else published_mart(warehouse_dir / "published", mart)


def parquet_rows(path: Path) -> str:
    """A mart's rows as a relation of DuckDB: those of its file, or of the folder that Spark writes."""
    files = glob.escape(str(path)) + ("/*.parquet" if path.is_dir() else "")
    quoted = files.replace("'", "''")
    return f"read_parquet('{quoted}', hive_partitioning = false)"


def history_paths(warehouse_dir: Path) -> dict[str, Path]:
    """`history_path` of each of HISTORY_MARTS."""
    return {mart: history_path(warehouse_dir, mart) for mart in HISTORY_MARTS}


def published_history(release_dir: Path) -> dict[str, Path]:
    """`published_mart` of each of HISTORY_MARTS."""
    return {mart: published_mart(release_dir, mart) for mart in HISTORY_MARTS}


def shown_history(table: WrittenTable, there: Collection[str], rows: str) -> str:
    """The query of a table of HISTORY_SOURCE: `rows`, a relation with the columns `there`.

    Columns that an older release does not have are NULL; without any column there are no rows.
    """
    columns = [
        f"cast({name if name in there else 'null'} as {data_type}) as {name}"
        for name, data_type in table.columns.items()
    ]
    return f"select {', '.join(columns)} " + (f"from {rows}" if there else "where false")
