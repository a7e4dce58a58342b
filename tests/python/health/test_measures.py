"""On random companies every measure of the health score is what a count by brute force says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from orchestration.settings import PROJECT_DIR

from ..support.comparison import differences
from ..support.health_companies import health_company
from ..support.health_oracle import Health
from ..support.revenue_inputs import OTHER_DBT_VARIABLES, OTHER_VARIABLES, read_csv
from ..support.warehouse import Record, Warehouse

MEASURES = "int_account_measures"
KEYS = ["account_id", "as_of_date"]
# Every paid term has days left.
ALWAYS_THERE = ("days_to_term_end",)
STEPS = read_csv(PROJECT_DIR / "seeds" / "onboarding" / "onboarding_steps.csv")
STAGES = read_csv(PROJECT_DIR / "seeds" / "health" / "lifecycle_stages.csv")


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return Warehouse(marts=(MEASURES,))


def without_terms(row: Record) -> Record:
    """The row without the lengths of its terms, which are no measures but what measures are made from."""
    return {column: value for column, value in row.items() if column not in ("billing_days", "contract_days")}


def compared(warehouse: Warehouse, seeds: Iterable[int], **variables: Any) -> tuple[list[Record], str]:
    """The measures of companies in the warehouse, and where they differ from the count."""
    measured: list[Record] = []
    found: list[str] = []
    for seed in seeds:
        inputs, tables = health_company(seed)
        inputs = replace(inputs, **variables)
        warehouse.build_tables(tables, inputs.as_of, inputs.timezone)
        rows = [without_terms(row) for row in warehouse.rows(MEASURES)]
        expected = Health(inputs, tables, STEPS, STAGES).measures()
        assert all({*KEYS, *figures} == {*rows[0]} for figures in expected.values())
        found += differences(f"company {seed}", rows, KEYS, expected)
        measured += rows
    return measured, "\n".join(found)


def test_random_companies(warehouse: Warehouse) -> None:
    measured, wrong = compared(warehouse, range(8))
    assert wrong == ""
    # Every measure is put to the test: it is more than 0 for some accounts, and other than that for others.
    for column in measured[0].keys() - {*KEYS, "lifecycle_stage", "tenure_days", *ALWAYS_THERE}:
        counted = sum(bool(row[column]) for row in measured)
        assert 20 < counted < len(measured), column


def test_random_companies_with_every_other_choice() -> None:
    """Parents are the customers, a paused subscription counts, and grace is short."""
    warehouse = Warehouse(OTHER_DBT_VARIABLES, marts=(MEASURES,))
    _, wrong = compared(warehouse, range(8, 11), **OTHER_VARIABLES)
    assert wrong == ""
