"""What the tests of the revenue marts share."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import PROJECT_DIR

from .oracle import Inputs
from .warehouse import Warehouse


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def raw_inputs(folder: Path, as_of: dt.date) -> Inputs:
    """The tables of a raw folder that revenue is made from; rates may be absent."""
    return Inputs(
        accounts=read_csv(folder / "accounts.csv"),
        plans=read_csv(folder / "plans.csv"),
        subscription_items=read_csv(folder / "subscription_items.csv"),
        fx_rates=read_csv(folder / "fx_rates.csv") if (folder / "fx_rates.csv").exists() else [],
        as_of=as_of,
    )


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
    return Warehouse({**OTHER_VARIABLES, "gross_margin_rate": 0.8})


def with_other_variables(inputs: Inputs) -> Inputs:
    return replace(inputs, **OTHER_VARIABLES, gross_margin_rate=Fraction(8, 10))


OTHER_VARIABLES: dict[str, Any] = {
    "customer_level": "parent",
    "past_due_grace_days": 14,
    "paused_mrr_policy": "include",
}
