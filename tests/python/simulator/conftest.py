"""Companies that the tests share; simulated once."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.loading.contract import SOURCES_PATH
from simulator import Simulated, SimulatorConfig, read_contract, simulate

CONTRACT = read_contract(SOURCES_PATH)

# Large enough that every table has rows and every kind of defect.
SMALL = SimulatorConfig(accounts=400, months=18, events=60_000, seed=11)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """An untidy company in Parquet."""
    return simulate(SMALL, CONTRACT, tmp_path_factory.mktemp("simulator") / "small")


@pytest.fixture(scope="session")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """A tidy company in Parquet."""
    config = SimulatorConfig(accounts=250, months=15, events=20_000, seed=5, untidy=False)
    return simulate(config, CONTRACT, tmp_path_factory.mktemp("simulator") / "tidy")


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """The demo, for figures."""
    return simulate(SimulatorConfig(), CONTRACT, tmp_path_factory.mktemp("simulator") / "large")


def files_of(folder: Path, name: str) -> str:
    """A DuckDB glob for the Parquet files of a raw table."""
    return f"{folder / name}/*.parquet" if (folder / name).is_dir() else f"{folder / name}.parquet"
