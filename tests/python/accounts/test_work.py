"""Worked cases: what each customer's work list says, from raw rows and the shipped seeds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest

from orchestration.computed import COMPUTED_SCHEMAS, computed_tables
from orchestration.health import store
from orchestration.health.config import SEEDS

from ..support.revenue_oracle import Row
from ..support.warehouse import Record, Warehouse

TODAY = dt.date(2025, 6, 30)
# Each customer has one case. The first ones have a yearly term that ends in ten days.
ENDING = ("ends_soon", "agreed", "talked", "mailed", "refuted", "snoozed")
CASES = (
    *ENDING, "steady", "never_used", "stopped", "halved", "returned", "three_days", "noticed", "self_served",
)  # fmt: skip


def day(days_before: int) -> str:
    return (TODAY - dt.timedelta(days=days_before)).isoformat()


def item(account: str, begins: int, ends: int | None = None, interval: str = "month", number: int = 0) -> Row:
    return {
        "subscription_item_id": f"i-{account}-{number}",
        "subscription_id": f"s-{account}",
        "account_id": account,
        "plan_id": "p",
        "quantity": "10",
        "unit_price": "100" if interval == "month" else "1200",
        "billing_interval": interval,
        "valid_from": day(begins),
        "valid_to": None if ends is None else day(ends),
    }


def usage(account: str, users: int, begins: int, ends: int) -> list[Row]:
    """Events of each user on every third day, `begins` to `ends` days before today."""
    return [
        {
            "event_id": f"e-{account}-{user}-{before}",
            "account_id": account,
            "user_id": f"u-{account}-{user}",
            "event_name": "login",
            "feature": "reports",
            "occurred_at": f"{day(before)} 09:00",
        }
        for user in range(users)
        for before in range(begins, ends - 1, -3)
    ]


def contract(account: str, begins: int, ends: int, **more: str) -> Row:
    return {
        "contract_id": f"c-{account}",
        "account_id": account,
        "started_at": day(begins),
        "ends_at": day(ends),
        "mrr": "1000",
        **more,
    }


def tables() -> Mapping[str, Sequence[Row]]:
    long_ago = dict.fromkeys(CASES, 700) | {"three_days": 3, "returned": 15}
    accounts = [
        {
            "account_id": account,
            "account_name": account,
            "created_at": day(800 if account == "returned" else long_ago[account]),
            "csm_id": None if account == "self_served" else "ada",
        }
        for account in CASES
    ]
    items = [item(account, long_ago[account]) for account in CASES if account not in ENDING]
    items += [item(account, 355, interval="year") for account in ENDING]
    items += [item("returned", 800, 400, number=1)]
    events = [
        *usage("steady", 6, 600, 0),
        *usage("stopped", 6, 600, 200),
        *usage("halved", 5, 600, 30),
        *({**row, "event_id": f"{row['event_id']}-b", "user_id": f"b-{row['user_id']}"}
          for row in usage("halved", 4, 600, 0)),
        *(row for account in ENDING for row in usage(account, 6, 340, 0)),
        *usage("returned", 6, 14, 0),
        *usage("noticed", 6, 600, 0),
        *usage("self_served", 6, 600, 200),
    ]  # fmt: skip
    return {
        "accounts": accounts,
        "plans": [{"plan_id": "p", "product_id": "core"}],
        "subscription_items": items,
        "product_events": events,
        "contracts": [
            contract(account, 355, -10, renewal_stage="in_approval" if account == "agreed" else "proposed")
            for account in ENDING
        ],
        "cs_activities": [
            {
                "activity_id": f"t-{account}",
                "account_id": account,
                "activity_type": kind,
                "initiated_by": "company",
                "occurred_at": f"{day(2)} 10:00",
            }
            for account, kind in (("talked", "call"), ("mailed", "email"))
        ],
        "work_item_feedback": [
            {
                "account_id": account,
                "reason": "notice_deadline",
                "verdict": verdict,
                "given_at": f"{day(1)} 12:00",
                "until": day(-1),
            }
            for account, verdict in (("refuted", "false_alarm"), ("snoozed", "snoozed"))
        ],
        "cancellations": [
            {"cancellation_id": "x", "account_id": "noticed", "cancelled_at": day(5), "reason_code": "price"}
        ],
    }


class Company:
    """The company of the cases, built again with other rows."""

    def __init__(self) -> None:
        self.warehouse = Warehouse(
            marts=(
                "csm_work_lists",
                "kpi_work_reasons",
                "account_health_scores",
                "int_account_measures",
                *SEEDS,
            )
        )
        for schema in COMPUTED_SCHEMAS:
            self.warehouse.connection.execute(f"create schema {schema}")
        for name, written in computed_tables().items():
            self.warehouse.connection.execute(f"create table {name} ({written.definition})")

    def build(self, today: dt.date) -> None:
        self.warehouse.build_tables(tables(), today, compute=lambda: store.score(self.warehouse.connection))

    def work(self, account: str) -> dict[str, Record]:
        """The work of an account, by reason."""
        rows = self.warehouse.rows("csm_work_items")
        return {row["reason"]: row for row in rows if row["account_id"] == account}

    def on_list(self, account: str) -> Record | None:
        rows = self.warehouse.rows("csm_work_lists")
        return next((row for row in rows if row["account_id"] == account), None)

    def next_action(self, account: str) -> str:
        rows = self.warehouse.rows("account_health_scores")
        return next(
            row["next_best_action"]
            for row in rows
            if row["account_id"] == account and row["as_of_date"] == row_date(rows)
        )


def row_date(rows: list[Record]) -> dt.date:
    return max(row["as_of_date"] for row in rows)


@pytest.fixture(scope="module")
def company() -> Company:
    company = Company()
    company.build(TODAY)
    return company


def test_a_steady_customer_is_on_no_list(company: Company) -> None:
    assert company.on_list("steady") is None
    assert company.next_action("steady") not in ("executive_call", "check_data", "renewal_talk")


@pytest.mark.parametrize("account", ["never_used", "stopped"])
def test_who_does_not_use_the_product_is_asked_about_usage_first(company: Company, account: str) -> None:
    assert company.next_action(account) == "usage_review"
    work = company.work(account)["no_usage"]
    assert (work["action"], work["status"]) == ("usage_review", "open")


def test_half_the_users_lost_is_a_reason_with_its_figures(company: Company) -> None:
    work = company.work("halved")["usage_fell"]
    assert (work["evidence_en"], work["evidence_ja"]) == ("Users 9 → 4 (4 weeks)", "利用者 9→4人(4週)")
    assert work["action"] == "usage_review"


def test_a_term_that_ends_in_ten_days_is_talked_about_unless_it_is_agreed(company: Company) -> None:
    work = company.work("ends_soon")["notice_deadline"]
    assert (work["action"], work["due_on"]) == ("renewal_talk", dt.date(2025, 7, 3))
    assert work["evidence_ja"] == "2025-07-10まで(残り10日)、更新ステージ:提案済み"
    assert "notice_deadline" not in company.work("agreed")


def test_nobody_asks_a_customer_that_loses_users_for_a_favour(company: Company) -> None:
    assert company.next_action("halved") not in ("ask_for_referral", "offer_upgrade")


def test_a_customer_that_returned_is_not_asked_to_check_its_data(company: Company) -> None:
    assert company.next_action("returned") != "check_data"
    assert "notice_given" not in company.work("returned")


def test_a_customer_of_three_days_is_onboarded(company: Company) -> None:
    assert company.next_action("three_days") == "onboarding_call"
    assert company.on_list("three_days") is None


def test_notice_comes_before_every_other_reason(company: Company) -> None:
    work = company.work("noticed")
    assert work["notice_given"]["action"] == "executive_call"
    assert {row["status"] for reason, row in work.items() if reason != "notice_given"} <= {"contradicted"}
    listed = company.on_list("noticed")
    assert listed is not None
    assert (listed["reason_1"], listed["reason_2"]) == ("notice_given", None)


def test_nobody_calls_a_customer_without_a_manager(company: Company) -> None:
    listed = company.on_list("self_served")
    assert listed is not None
    assert (listed["csm_id"], listed["next_action"]) == (None, "reactivation_series")


@pytest.mark.parametrize(
    ("account", "status"),
    [
        ("ends_soon", "open"),
        ("talked", "done"),
        ("mailed", "open"),
        ("refuted", "closed"),
        ("snoozed", "snoozed"),
    ],
)
def test_work_stays_until_it_is_done_or_a_verdict_is_given(
    company: Company, account: str, status: str
) -> None:
    assert company.work(account)["notice_deadline"]["status"] == status
    listed = company.on_list(account) or {}
    reasons = [listed.get(f"reason_{place}") for place in (1, 2, 3)]
    assert ("notice_deadline" in reasons) == (status == "open")


def test_a_silent_feed_is_no_fall_of_usage() -> None:
    company = Company()
    company.build(TODAY + dt.timedelta(days=25))
    found = {row["account_id"]: row["reason"] for row in company.warehouse.rows("csm_work_items")
             if row["reason"] in ("usage_fell", "no_usage")}  # fmt: skip
    assert found == {
        "halved": "usage_fell",
        "never_used": "no_usage",
        "stopped": "no_usage",
        "self_served": "no_usage",
    }
