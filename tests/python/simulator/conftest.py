"""Companies that the tests share; simulated once."""

from __future__ import annotations

import pytest

from simulator import Simulated, SimulatorConfig, simulate

from ..support.simulated import CONTRACT, SMALL


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


@pytest.fixture(scope="session")
def classic(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """As large as the demo, in the other scenario."""
    config = SimulatorConfig(scenario="classic")
    return simulate(config, CONTRACT, tmp_path_factory.mktemp("simulator") / "classic")
