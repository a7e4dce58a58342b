"""Companies to simulate in tests, and where their files are."""

from __future__ import annotations

from pathlib import Path

from orchestration.loading.contract import SOURCES_PATH
from simulator import SimulatorConfig, read_contract

CONTRACT = read_contract(SOURCES_PATH)

# Large enough that every table has rows and every kind of defect.
SMALL = SimulatorConfig(accounts=400, months=18, events=60_000, seed=11)


def files_of(folder: Path, name: str) -> str:
    """A DuckDB glob for the Parquet files of a raw table."""
    return f"{folder / name}/*.parquet" if (folder / name).is_dir() else f"{folder / name}.parquet"
