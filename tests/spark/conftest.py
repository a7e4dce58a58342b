"""Companies whose marts are built on both engines, and what was compared of them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.engines import SparkEngine
from orchestration.engines.spark_session import Session, open_session
from orchestration.loading.contract import SOURCES_PATH
from orchestration.settings import load_settings
from simulator import SimulatorConfig, read_contract, simulate
from tests.python.support.commands import WORKED_EXAMPLE, CommandRun, new_history, run_command
from tests.python.support.release_comparison import Comparison

ENGINES = ("duckdb", "spark")
SIMULATED = SimulatorConfig(accounts=300, months=12, events=40_000, seed=4)
COMPARISONS = pytest.StashKey[list[Comparison]]()


@dataclass(frozen=True)
class Built:
    """What `python -m orchestration run` made of one company on each engine."""

    duckdb: CommandRun
    spark: CommandRun


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--raw-dir", type=Path, help="one more folder of raw files to build on both engines")
    parser.addoption("--as-of", default="", help="its as-of date; by default the newest date in it")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COMPARISONS] = []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "company" in metafunc.fixturenames:
        given = ["raw folder"] if metafunc.config.option.raw_dir else []
        companies = ["worked example", "simulated company", *given]
        metafunc.parametrize("company", companies, indirect=True, scope="session")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say last of all what was compared."""
    compared = config.stash[COMPARISONS]
    total = sum(compared, Comparison())
    if compared:
        print(
            f"Compared on DuckDB and Spark: {total.marts} marts, {total.rows:,} rows, {total.cells:,} cells; "
            f"companies: {len(compared)}; differences: {total.differences:,}."
        )


@pytest.fixture(scope="session")
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The settings that say what to build: raw folder and as-of date."""
    if request.param == "worked example":
        return WORKED_EXAMPLE
    if request.param == "simulated company":
        simulated = simulate(SIMULATED, read_contract(SOURCES_PATH), tmp_path_factory.mktemp("simulated"))
        return {"CSKPI_RAW_DIR": str(simulated.raw_dir)}
    option = request.config.option
    return {"CSKPI_RAW_DIR": str(option.raw_dir.resolve()), "CSKPI_AS_OF_DATE": option.as_of}


@pytest.fixture(scope="session")
def built(company: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The company's warehouse on both engines, one beside the other."""
    folder = tmp_path_factory.mktemp("built")

    def build(engine: str) -> CommandRun:
        history = folder / f"{engine}-history"
        history.mkdir()
        return run_command("run", folder / engine, new_history(history), {**company, "DBT_TARGET": engine})

    with ThreadPoolExecutor(len(ENGINES)) as pool:
        runs = Built(*pool.map(build, ENGINES))
    for run in (runs.duckdb, runs.spark):
        assert run.exit_status == 0, run.output + run.errors
    return runs


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> SparkEngine:
    """An empty warehouse on the one Spark of this process."""
    folder = tmp_path_factory.mktemp("spark") / "warehouse"
    found = SparkEngine(load_settings({"CSKPI_WAREHOUSE_DIR": str(folder), "DBT_TARGET": "spark"}))
    found.refuse_missing()
    return found


@pytest.fixture(scope="session")
def session(engine: SparkEngine) -> Session:
    return open_session(engine.settings.warehouse_dir)
