"""What the shipped score says of customers whose case is plain to a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import narwhals as nw
import pytest

from orchestration.health.config import health_config
from orchestration.health.scoring import explain_scores, score_accounts, weigh_measures

from ..support.health_builders import shipped_seeds
from ..support.revenue_oracle import Row
from ..support.warehouse import Warehouse

TODAY = dt.date(2025, 6, 30)
DAY = dt.timedelta(1)
FIRST_USE = dt.date(2025, 3, 15)
PEOPLE = 20
ADOPTION = {
    "days_since_last_use", "active_days_28d", "use_rate_28d", "use_rate_84d", "usage_change_28d",
    "sessions_change_28d", "minutes_change_28d",
}  # fmt: skip
CASES = (
    "steady", "never_used", "stopped_using", "halved", "ends_in_ten_days", "returned", "three_days_old",
    "gave_notice",
)  # fmt: skip

Tables = dict[str, list[Row]]
Scores = dict[str, dict[str, Any]]


def an_item(account: str, since: str, until: str | None = None, **values: str) -> Row:
    """A monthly subscription; what ends was recorded ten days before the as-of date, or when it ended."""
    recorded = None if until is None else min(until, str(TODAY - 10 * DAY))
    return {
        "subscription_item_id": f"{account} {since}",
        "subscription_id": account,
        "account_id": account,
        "plan_id": "basic",
        "unit_price": "100",
        "billing_interval": "month",
        "valid_from": since,
        "valid_to": until,
        "recorded_at": recorded,
        **values,
    }


def users_on(account: str, day: dt.date) -> int:
    """How many of its people use the product on a day."""
    if account in ("never_used", "returned", "three_days_old"):
        return 0
    if account == "stopped_using":
        return PEOPLE if day < TODAY - 40 * DAY else 0
    if account == "halved":
        return PEOPLE if day <= TODAY - 28 * DAY else PEOPLE // 2
    return PEOPLE


def a_company(last_use: dt.date = TODAY) -> Tables:
    """One account for each case; nobody uses the product after `last_use`."""
    since = {"three_days_old": str(TODAY - 3 * DAY), "returned": str(TODAY - 15 * DAY)}
    until = {"ends_in_ten_days": str(TODAY + 10 * DAY)}
    days = [FIRST_USE + back * DAY for back in range((last_use - FIRST_USE).days + 1)]
    return {
        "accounts": [{"account_id": name} for name in CASES],
        "plans": [{"plan_id": "basic", "product_id": "crm"}],
        "subscription_items": [
            an_item("returned", "2023-01-10", "2024-05-01"),
            *(an_item(name, since.get(name, "2025-02-01"), until.get(name)) for name in CASES),
        ],
        "users": [
            {"user_id": f"{name}-{number}", "account_id": name, "created_at": since.get(name, "2025-02-01")}
            for name in CASES
            for number in range(PEOPLE)
        ],
        "product_events": [
            {
                "event_id": f"{name}-{number}-{day}",
                "account_id": name,
                "user_id": f"{name}-{number}",
                "event_name": "work",
                "occurred_at": f"{day}T10:00:00",
                "duration_seconds": "600",
            }
            for name in CASES
            for day in days
            for number in range(users_on(name, day))
        ],
        "cancellations": [
            {"cancellation_id": "c1", "account_id": "gave_notice", "cancelled_at": "2025-06-10"},
        ],
    }


@pytest.fixture(scope="module")
def scored() -> Callable[[Tables], tuple[Scores, list[dict[str, Any]]]]:
    """Today's scores by account, and what each measure did to them."""
    warehouse = Warehouse(marts=("int_account_measures",))
    config = health_config(shipped_seeds())

    def score(tables: Tables) -> tuple[Scores, list[dict[str, Any]]]:
        warehouse.build_tables(tables, TODAY)
        measured = nw.from_native(warehouse.connection.table("features.int_account_measures"))
        weighed = weigh_measures(measured, config).collect(backend="polars")
        found = score_accounts(weighed, config).collect(backend="polars").rows(named=True)
        explained = explain_scores(weighed, config).collect(backend="polars").rows(named=True)
        return (
            {row["account_id"]: row for row in found if row["as_of_date"] == TODAY},
            [row for row in explained if row["as_of_date"] == TODAY],
        )

    return score


def test_each_case_has_the_band_and_the_reasons_that_a_person_would_give(scored: Any) -> None:
    found, _ = scored(a_company())
    assert {name: row["health_band"] for name, row in found.items()} == {
        "steady": "green",
        "halved": "green",
        "returned": "yellow",
        "three_days_old": "green",
        "never_used": "red",
        "stopped_using": "red",
        "ends_in_ten_days": "red",
        "gave_notice": "red",
    }
    assert found["halved"]["score"] < found["steady"]["score"]
    for name in ("halved", "returned", "three_days_old", "never_used", "stopped_using"):
        assert found[name]["main_reason"] in ADOPTION, name
    # Who is leaving is red however much the product is used, and what is due is no main reason.
    for name, reason in (("ends_in_ten_days", "scheduled_end"), ("gave_notice", "notice_given")):
        assert found[name]["timing_reason"] == reason
        assert found[name]["main_reason"] == found["steady"]["main_reason"]
    # Neither has had time to be established, or idle for years.
    for name in ("returned", "three_days_old"):
        assert found[name]["lifecycle_stage"] == "onboarding", name


def test_where_the_feed_is_silent_no_account_is_idle_and_none_loses_its_band(scored: Any) -> None:
    found, explained = scored(a_company(last_use=TODAY - 30 * DAY))
    assert {row["health_band"] for row in found.values()}.isdisjoint({"unknown"})
    assert found["steady"]["main_reason"] not in ADOPTION
    assert found["steady"]["adoption_score"] is None
    silent = [row for row in explained if row["measure_id"] == "days_since_last_use"]
    assert {row["reason_not_used"] for row in silent} == {"stale"}


def test_accounts_plans_and_subscriptions_alone_give_scores_and_say_what_they_rest_on(scored: Any) -> None:
    tables = a_company()
    found, explained = scored({name: tables[name] for name in ("accounts", "plans", "subscription_items")})
    assert {*found} == {*CASES}
    assert all(row["score"] is not None for row in found.values())
    # Of whom nothing but billing is known, nobody is at risk until an end is due.
    assert {name: row["health_band"] for name, row in found.items()} == {
        **dict.fromkeys(CASES, "yellow"), "ends_in_ten_days": "red",
    }  # fmt: skip
    used = {row["measure_id"] for row in explained if row["is_used"]}
    assert used == {
        "term_end", "scheduled_end", "mrr_change_3m", "contraction_90d", "seat_change_90d", "discount",
    }  # fmt: skip
    assert {row["reason_not_used"] for row in explained if row["measure_id"] == "nps"} == {"not_recorded"}
