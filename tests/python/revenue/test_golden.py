"""Every figure of the worked example, which was computed by hand and with exact fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from ..support.revenue_comparison import broken_invariants, disagreements
from ..support.revenue_inputs import EXPECTED_DIR, KEYS, read_csv
from ..support.revenue_oracle import Company, Inputs
from ..support.warehouse import Record, Warehouse

MONEY_TOLERANCE = Decimal("0.0001")  # items are rounded one by one
RATE_TOLERANCE = 1e-8  # expected rates have eight decimals


@pytest.fixture(scope="module")
def built(warehouse: Warehouse, worked_example: Inputs) -> Warehouse:
    warehouse.build(worked_example)
    return warehouse


def same(actual: object, expected: str) -> bool:
    if actual is None or expected == "":
        return actual is None and expected == ""
    if isinstance(actual, bool):
        return str(actual).lower() == expected
    if isinstance(actual, float):
        return abs(actual - float(expected)) <= RATE_TOLERANCE
    if isinstance(actual, Decimal):
        return abs(actual - Decimal(expected)) <= MONEY_TOLERANCE
    if isinstance(actual, int):
        return Fraction(expected) == actual
    return str(actual) == expected


def in_scope(mart: str, record: Record) -> bool:
    """The expected drivers are those of expansions and contractions; expected KPIs are of segment `all`."""
    if mart == "fct_mrr_movement_drivers":
        return record["driver"] not in ("new", "reactivation", "churn")
    return record.get("segment_dimension", "all") == "all"


@pytest.mark.parametrize("mart", KEYS)
def test_every_expected_figure_is_in_the_mart(built: Warehouse, mart: str) -> None:
    keys = KEYS[mart]
    expected = {tuple(row[key] for key in keys): row for row in read_csv(EXPECTED_DIR / f"{mart}.csv")}
    actual = {
        tuple(str(record[key]) for key in keys): record
        for record in built.rows(mart)
        if in_scope(mart, record)
    }
    assert sorted(actual) == sorted(expected)
    wrong = [
        f"{key} {column}: mart {actual[key][column]}, expected {value}"
        for key, row in expected.items()
        for column, value in row.items()
        if not same(actual[key][column], value)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_expected_file_is_left_out() -> None:
    assert {path.stem for path in EXPECTED_DIR.glob("*.csv")} == set(KEYS)


def test_the_marts_equal_the_day_count(built: Warehouse, worked_example: Inputs) -> None:
    wrong = disagreements(Company(worked_example), built.rows) + broken_invariants(built.rows)
    assert not wrong, "\n".join(wrong)
