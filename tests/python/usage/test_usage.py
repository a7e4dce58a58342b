"""On random data the marts of usage and onboarding equal a count by brute force."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings

from ..support.comparison import differences
from ..support.onboarding_oracle import Onboarding
from ..support.revenue_oracle import Row, Table
from ..support.search import cases
from ..support.usage_oracle import Company
from ..support.usage_strategies import Rows, companies
from ..support.warehouse import Record, Warehouse

DAYS = "kpi_active_users_days"
MONTHS = "kpi_active_users_months"
SESSIONS = "kpi_sessions_months"
FEATURES = "kpi_feature_adoption_months"
FUNNELS = "kpi_onboarding_funnels"
COMPLETIONS = "kpi_onboarding_months"
MARTS = (DAYS, MONTHS, SESSIONS, FEATURES, FUNNELS, COMPLETIONS)
KEYS = {DAYS: ["activity_date"], FEATURES: ["month_start", "feature"], FUNNELS: ["month_start", "step_key"]}


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return Warehouse(marts=MARTS)


def expected(company: Company) -> dict[str, Table]:
    onboarding = Onboarding(company)
    return {
        DAYS: company.active_users_days(),
        MONTHS: company.active_users_months(),
        SESSIONS: company.sessions_months(),
        FEATURES: company.feature_months(),
        FUNNELS: onboarding.funnels(),
        COMPLETIONS: onboarding.months(),
    }


def wrong_figures(warehouse: Warehouse, rows: Rows) -> str:
    warehouse.build_tables(rows.tables, rows.as_of, rows.timezone)
    company = Company(
        rows.tables,
        rows.as_of,
        rows.timezone,
        {
            (month["account_id"], month["month_start"]): (month["plan_id"], month["closing_mrr"] > 0)
            for month in warehouse.rows("fct_account_months")
        },
        sorted(warehouse.rows("onboarding_steps"), key=lambda step: step["step_order"]),
    )
    found = []
    for mart, table in expected(company).items():
        actual: list[Record] = [
            row for row in warehouse.rows(mart) if row["segment_dimension"] in ("all", "country", "plan")
        ]
        keys = [*KEYS.get(mart, ["month_start"]), "segment_dimension", "segment_value"]
        found += differences(mart, actual, keys, table)
    return "\n".join(found)


@pytest.mark.search
@given(rows=companies())
@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=cases(6, 20),
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
def test_random_companies(warehouse: Warehouse, rows: Rows) -> None:
    assert wrong_figures(warehouse, rows) == ""


REQUIRED: dict[str, list[Row]] = {
    "accounts": [{"account_id": "a", "created_at": "2024-01-10"}],
    "plans": [{"plan_id": "p", "product_id": "crm"}],
    "subscription_items": [
        {
            "subscription_item_id": "i",
            "subscription_id": "s",
            "account_id": "a",
            "plan_id": "p",
            "unit_price": "10",
            "billing_interval": "month",
            "valid_from": "2024-01-10",
        }
    ],
}
OPTIONAL: dict[str, list[Row]] = {
    "product_events": [
        {
            "event_id": "e",
            "account_id": "a",
            "user_id": "u",
            "event_name": "login",
            "occurred_at": "2024-01-12",
        }
    ],
    "users": [{"user_id": "u", "account_id": "a", "created_at": "2024-01-11"}],
    "cs_activities": [
        {
            "activity_id": "c",
            "account_id": "a",
            "activity_type": "onboarding_call",
            "occurred_at": "2024-01-12",
        }
    ],
    "usage_gauges": [
        {"account_id": "a", "measured_on": "2024-01-31", "measure": "integrations", "value": "2"}
    ],
}


@pytest.mark.parametrize("missing", [[], *([name] for name in OPTIONAL), [*OPTIONAL]], ids=", ".join)
def test_an_absent_input_leaves_figures_empty(warehouse: Warehouse, missing: list[str]) -> None:
    tables = REQUIRED | {name: rows for name, rows in OPTIONAL.items() if name not in missing}
    warehouse.build_tables(tables, dt.date(2024, 3, 31))
    month = next(
        row
        for row in warehouse.rows(MONTHS)
        if str(row["month_start"]) == "2024-01-01" and row["segment_dimension"] == "all"
    )
    usage = next(
        row for row in warehouse.rows("fct_account_usage_months") if str(row["month_start"]) == "2024-01-01"
    )
    completed = next(row for row in warehouse.rows(COMPLETIONS) if row["segment_dimension"] == "all")
    assert (month["active_users"] is None) == ("product_events" in missing)
    assert (month["total_users"] is None) == ("users" in missing)
    assert (month["active_user_rate"] is None) == bool({"product_events", "users"} & {*missing})
    assert (warehouse.rows(DAYS) == []) == ("product_events" in missing)
    assert (usage["integrations"] is None) == ("usage_gauges" in missing)
    assert completed["accounts_offered"] == 1
