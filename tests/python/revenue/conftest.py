"""What the tests of the revenue marts share."""

from __future__ import annotations

import datetime as dt

import pytest

from orchestration.settings import PROJECT_DIR

from ..support.revenue_inputs import OTHER_DBT_VARIABLES, raw_inputs
from ..support.revenue_oracle import Inputs
from ..support.warehouse import Warehouse


@pytest.fixture(scope="session")
def worked_example() -> Inputs:
    return raw_inputs(PROJECT_DIR / "examples" / "worked_example", dt.date(2024, 6, 30))


@pytest.fixture(scope="session")
def warehouse() -> Warehouse:
    """With the project's own variables."""
    return Warehouse()


@pytest.fixture(scope="session")
def other_warehouse() -> Warehouse:
    """With every variable that decides revenue set otherwise."""
    return Warehouse(OTHER_DBT_VARIABLES)
