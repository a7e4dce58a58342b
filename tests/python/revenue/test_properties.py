"""On random and awkward histories the marts equal the day count, and their sums hold to the last decimal."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings

from ..support.revenue_comparison import broken_invariants, disagreements
from ..support.revenue_inputs import with_other_variables
from ..support.revenue_oracle import Company, Inputs, Row
from ..support.revenue_strategies import PLANS, histories
from ..support.search import cases
from ..support.warehouse import Warehouse

# The same examples every time; the warehouse is built anew for each.
slow_but_steady = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


def wrong_figures(warehouse: Warehouse, inputs: Inputs) -> str:
    warehouse.build(inputs)
    return "\n".join(disagreements(Company(inputs), warehouse.rows) + broken_invariants(warehouse.rows))


@pytest.mark.search
@given(inputs=histories())
@settings(slow_but_steady, max_examples=cases(30, 100))
def test_random_histories(warehouse: Warehouse, inputs: Inputs) -> None:
    assert wrong_figures(warehouse, inputs) == ""


@pytest.mark.search
@given(inputs=histories().map(with_other_variables))
@settings(slow_but_steady, max_examples=cases(15, 60))
def test_random_histories_with_other_variables(other_warehouse: Warehouse, inputs: Inputs) -> None:
    assert wrong_figures(other_warehouse, inputs) == ""


def item(name: str, valid_from: str, valid_to: str | None = None, **columns: str) -> Row:
    """One version of an item, 100 USD a month on crm_basic where `columns` do not say otherwise."""
    return {
        "subscription_item_id": name,
        "subscription_id": "subscription",
        "account_id": "a0",
        "plan_id": "crm_basic",
        "unit_price": "100",
        "billing_interval": "month",
        "valid_from": valid_from,
        "valid_to": valid_to,
        **columns,
    }


def euro(day: str, rate: str) -> Row:
    return {"rate_date": day, "currency": "EUR", "rate_to_reporting": rate}


# What each history is about -> its rows, as of 2024-12-31 where no other day is given.
AWKWARD: dict[str, tuple[list[Row], list[Row], str]] = {
    "no subscription at all": ([], [], "2024-12-31"),
    "nothing but a trial": ([item("i", "2024-01-01", status="trialing")], [], "2024-12-31"),
    "grace ends on the day one past-due version follows another": (
        [
            item("i", "2024-01-01", "2024-03-01"),
            item("i", "2024-03-01", "2024-03-31", status="past_due"),
            item("i", "2024-03-31", status="past_due"),
        ],
        [],
        "2024-12-31",
    ),
    "a past-due run goes on within one day": (
        [
            item("i", "2024-01-01", "2024-03-05T10:00:00", status="past_due"),
            item("i", "2024-03-05T12:00:00", status="past_due"),
        ],
        [],
        "2024-12-31",
    ),
    "an expanded customer churns in time and once more too late": (
        [
            item("i", "2024-01-01", "2024-02-10"),
            item("i", "2024-02-10", "2024-08-20", unit_price="150"),
            item("i", "2024-08-22", "2024-08-30", unit_price="150"),
        ],
        [],
        "2024-12-31",
    ),
    "the first version never lived to the end of a day": (
        [item("i", "2023-12-05T09:00:00", "2023-12-05T10:00:00"), item("j", "2024-01-05")],
        [],
        "2024-11-30",
    ),
    "a free add-on gets its price on the day another item begins": (
        [
            item("b", "2024-01-01"),
            item("x", "2024-01-01", "2024-03-05", plan_id="crm_sso", unit_price="15", discount_rate="1"),
            item("x", "2024-03-05", plan_id="crm_sso", unit_price="15"),
            item("c", "2024-03-05", plan_id="crm_pro", unit_price="70"),
        ],
        [],
        "2024-12-31",
    ),
    "a free item pauses on the day another ends": (
        [
            item("b", "2024-01-01"),
            item("c", "2024-01-01", "2024-03-05"),
            item("f", "2024-01-01", "2024-03-05", discount_rate="1"),
            item("f", "2024-03-05", discount_rate="1", status="paused"),
        ],
        [],
        "2024-12-31",
    ),
    "a pause that ends, and a price that changes meanwhile": (
        [
            item("i", "2024-01-01", "2024-02-10"),
            item("i", "2024-02-10", "2024-03-05", status="paused"),
            item("i", "2024-03-05", "2024-04-10", status="paused", unit_price="120"),
            item("i", "2024-04-10", unit_price="120"),
        ],
        [],
        "2024-12-31",
    ),
    "everyone leaves, and one returns months later": (
        [item("i", "2024-01-01", "2024-02-10"), item("i", "2024-05-10")],
        [],
        "2024-12-31",
    ),
    "a customer of a few days alone": ([item("i", "2024-01-05", "2024-01-10")], [], "2025-01-31"),
    "another currency of the same worth is no movement": (
        [item("i", "2024-01-01", "2024-03-05", currency="EUR"), item("i", "2024-03-05", unit_price="110")],
        [euro("2024-01-01", "1.1")],
        "2024-12-31",
    ),
    "the first rate comes later in the month of the start": (
        [item("i", "2024-01-05", currency="EUR")],
        [euro("2024-01-20", "1.1")],
        "2024-12-31",
    ),
    "the first rate comes later than the as-of date": (
        [item("i", "2024-01-05", currency="EUR"), item("j", "2024-01-05")],
        [euro("2024-01-20", "1.1")],
        "2024-01-15",
    ),
    "two products bought for foreign money leave no dust of an upsell": (
        [
            item("b", "2024-01-01", currency="EUR", unit_price="33.3333"),
            item("m", "2024-02-05", currency="EUR", unit_price="0.3333", plan_id="mail"),
            item("d", "2024-02-05", currency="EUR", unit_price="0.7777", plan_id="desk"),
        ],
        [euro("2024-01-01", "1.0789123456")],
        "2024-12-31",
    ),
    "halves are rounded away from zero": (
        [
            item("i", "2024-01-01", unit_price="0.0006", billing_interval="year"),
            item("j", "2024-01-01", unit_price="0.00015", billing_interval="quarter"),
            item("k", "2024-01-01", unit_price="0.00015"),
            item("l", "2024-01-01", unit_price="1.00065"),
        ],
        [],
        "2024-12-31",
    ),
    "large amounts stay exact": (
        [
            item(
                "i",
                "2024-01-01",
                unit_price="1999999999.12345678",
                quantity="99.999999",
                billing_interval_count="9",
            ),
            item("j", "2024-01-01", unit_price="0.00000001", quantity="1000000"),
        ],
        [],
        "2024-12-31",
    ),
}


def awkward(name: str) -> Inputs:
    items, rates, as_of = AWKWARD[name]
    return Inputs([{"account_id": "a0"}], PLANS, items, rates, dt.date.fromisoformat(as_of))


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_histories(warehouse: Warehouse, name: str) -> None:
    assert wrong_figures(warehouse, awkward(name)) == ""


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_histories_with_other_variables(other_warehouse: Warehouse, name: str) -> None:
    assert wrong_figures(other_warehouse, with_other_variables(awkward(name))) == ""
