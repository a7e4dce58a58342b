"""The books reconcile, and equal a day-by-day count of the subscription lines that were written."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import Simulated
from simulator.books.revenue import convert
from simulator.company.catalog import INTERVALS
from simulator.company.ledger import item_mrr

AMOUNTS = ("new_mrr", "reactivated_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "fx_impact_mrr")
ROLL_FORWARD = (
    "opening_mrr + new_mrr + reactivated_mrr + expansion_mrr - contraction_mrr - churned_mrr + fx_impact_mrr"
)


def truth(company: Simulated, query: str) -> list[tuple]:
    """GrowingTable of a query over the truth tables and, as raw_<table>, the raw tables of one file."""
    with duckdb.connect() as connection:
        for path in company.truth_dir.glob("*.parquet"):
            connection.execute(f"create view {path.stem} as from '{path}'")
        for path in company.raw_dir.glob("*.parquet"):
            connection.execute(f"create view raw_{path.stem} as from '{path}'")
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("table", ["account_months", "mrr_months"])
def test_opening_and_movements_give_closing(small: Simulated, table: str) -> None:
    assert truth(small, f"select count(*) from {table} where {ROLL_FORWARD} <> closing_mrr") == [(0,)]


def test_a_month_opens_as_the_month_before_closed(small: Simulated) -> None:
    for table, partition in (("mrr_months", ""), ("account_months", "partition by account_id")):
        wrong = truth(
            small,
            f"""select count(*) from (
                select *, lag(closing_mrr, 1, 0) over ({partition} order by month_start) as b from {table})
            where opening_mrr <> b""",
        )
        assert wrong == [(0,)]


def test_months_are_the_sums_of_their_accounts(small: Simulated) -> None:
    sums = ", ".join(f"sum({name})" for name in ("opening_mrr", *AMOUNTS, "closing_mrr"))
    columns = ", ".join(("opening_mrr", *AMOUNTS, "closing_mrr"))
    months = truth(small, f"select month_start, {columns} from mrr_months where closing_mrr > 0 order by 1")
    accounts = truth(small, f"select month_start, {sums} from account_months group by 1 order by 1")
    assert months == accounts


def test_customers_roll_forward(small: Simulated) -> None:
    wrong = truth(
        small,
        """select count(*) from mrr_months where opening_customers + new_customers + reactivated_customers
        - churned_customers <> closing_customers""",
    )
    assert wrong == [(0,)]


def test_the_ledger_adds_up_to_every_close_in_every_currency(small: Simulated) -> None:
    wrong = truth(
        small,
        """select count(*) from account_months m where closing_local <> (
            select coalesce(sum(after_local - before_local), 0) from mrr_movements l
            where l.account_id = m.account_id and l.movement_date < m.month_start + interval 1 month)""",
    )
    assert wrong == [(0,)]


def test_the_books_equal_a_count_of_every_day(tidy: Simulated) -> None:
    """Brute force over the raw lines, exact fractions, no code of the books."""
    accounts = truth(
        tidy, "select account_id, coalesce(merged_into_account_id, account_id), is_test from raw_accounts"
    )
    target = {account: into for account, into, is_test in accounts if not is_test}
    lines = truth(
        tidy,
        """select account_id, quantity, unit_price, discount_rate, billing_interval, billing_interval_count,
        status, valid_from, valid_to from raw_subscription_items where charge_kind is null""",
    )
    days: dict[str, dict[dt.date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    end = dt.date(2025, 12, 31)
    for account, quantity, price, discount, interval, count, status, begin, until in lines:
        if account not in target or status not in ("active", "past_due"):
            continue
        months = {"month": 1, "quarter": 3, "year": 12}[interval] * count
        exact = Fraction(quantity) * Fraction(price) * (1 - Fraction(discount)) / months
        mrr = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
            Decimal("0.0001"), ROUND_HALF_UP
        )
        day = begin.date()
        while day <= end and (until is None or day < until.date()):
            if status == "past_due" and (day - begin.date()).days >= 30:
                break
            days[target[account]][day] += mrr
            day += dt.timedelta(days=1)

    expected = []
    for account, amounts in sorted(days.items()):
        before, had = Decimal(0), False
        first, last = min(amounts), max(amounts) + dt.timedelta(days=1)
        for day in (first + dt.timedelta(days=k) for k in range((min(last, end) - first).days + 1)):
            after = amounts.get(day, Decimal(0))
            if after != before:
                expected.append((account, day, movement(before, after, had), before, after))
            before, had = after, had or after > 0
    found = truth(
        tidy,
        """select account_id, movement_date, movement_type, before_local, after_local from mrr_movements
        order by account_id, movement_date""",
    )
    assert len(found) > 150
    assert found == expected


def movement(before: Decimal, after: Decimal, had: bool) -> str:
    """The type of a change."""
    if after == 0:
        return "churn"
    if before == 0:
        return "reactivation" if had else "new"
    return "expansion" if after > before else "contraction"


def test_movements_of_an_account_follow_each_other(small: Simulated) -> None:
    rows = truth(
        small, "select account_id, before_local, after_local from mrr_movements order by 1, movement_date"
    )
    for (account, _, after), (next_account, before, _) in pairwise(rows):
        assert before == (after if account == next_account else 0)


def test_onboarding_months_count_the_accounts(small: Simulated) -> None:
    months = truth(small, "select sum(accounts_offered), sum(accounts_completed) from onboarding_months")
    accounts = truth(
        small,
        """select count(*), sum(is_completed_in_time::int) from onboarding_accounts
        where offered_at < '2026-01-01'""",
    )
    assert months == accounts


def test_onboarding_steps_are_found_in_the_events(tidy: Simulated) -> None:
    """From the events, as a warehouse would: first event of each kind, fifth day with a login."""
    events = f"read_parquet('{tidy.raw_dir}/product_events/*.parquet')"
    calls = f"read_parquet('{tidy.raw_dir}/cs_activities/*.parquet')"
    found = truth(
        tidy,
        f"""with effective as (
            select account_id, coalesce(merged_into_account_id, account_id) as target
            from raw_accounts where not is_test
        ), seen as (select target, event_name, occurred_at from {events} join effective using (account_id)),
        logins as (select target, occurred_at::date as day, min(occurred_at) as first_at from seen
            where event_name = 'login' group by all),
        steps as (
            select target, step_key, min(occurred_at) as reached_at from seen join (values
                ('login', 'first_login'), ('invite_user', 'users_invited'), ('import_data', 'data_imported'),
                ('connect_integration', 'integration_connected'), ('create_report', 'report_created')
            ) as names (event_name, step_key) using (event_name) group by all
            union all
            select target, 'habit_formed', first_at from logins
            qualify row_number() over (partition by target order by day) = 5
            union all
            select target, 'kickoff_call', min(occurred_at) from {calls} join effective using (account_id)
            where activity_type = 'onboarding_call' group by all
        ) select target, step_key, reached_at from steps order by all""",
    )
    listed = truth(tidy, "select account_id, step_key, reached_at from onboarding_steps order by all")
    assert len(listed) > 400
    assert found == listed


@pytest.mark.parametrize(
    ("table", "query"),
    [
        (
            "ticket_months",
            """select date_trunc('month', opened_at)::date, count(*), sum(is_escalated::int), sum(replies)
            from read_parquet('{raw}/support_tickets/*.parquet') join counted using (account_id)
            group by 1""",
        ),
        (
            "voice_months",
            """select date_trunc('month', responded_at)::date, count(*) filter (survey_kind = 'nps'),
            count(*) filter (survey_kind = 'nps' and score >= 9),
            count(*) filter (survey_kind = 'csat' and score >= 4)
            from read_parquet('{raw}/survey_responses/*.parquet') left join counted c using (account_id)
            where account_id is null or c.account_id is not null group by 1""",
        ),
        (
            "usage_months",
            """select date_trunc('month', occurred_at)::date, count(*), sum(event_count),
            count(distinct user_id)
            from read_parquet('{raw}/product_events/*.parquet') join counted using (account_id) group by 1""",
        ),
    ],
)
def test_monthly_truth_is_found_in_the_raw_files(tidy: Simulated, table: str, query: str) -> None:
    columns = {
        "ticket_months": "opened, escalated, replies",
        "voice_months": "nps_responses, promoters, satisfied",
        "usage_months": "event_rows, event_count, active_users",
    }[table]
    counted = "with counted as (select account_id from raw_accounts where not is_test)"
    found = truth(tidy, f"{counted} {query.format(raw=tidy.raw_dir)} order by 1")
    first, *_ = columns.split(",")
    listed = truth(tidy, f"select month_start, {columns} from {table} where {first} > 0 order by 1")
    assert len(listed) > 10
    assert [row for row in found if row[1]] == listed


def test_resolved_and_open_tickets_add_up(small: Simulated) -> None:
    rows = truth(small, "select opened, resolved, open_at_close from ticket_months order by month_start")
    still_open = 0
    for opened, resolved, open_at_close in rows:
        still_open += opened - resolved
        assert open_at_close == still_open >= 0


@given(
    quantity=st.integers(0, 400),
    price=st.integers(0, 3_200_000_00),
    discount=st.integers(0, 10_000),
    interval=st.integers(0, len(INTERVALS) - 1),
)
def test_mrr_of_an_item_is_rounded_once_half_away_from_zero(
    quantity: int, price: int, discount: int, interval: int
) -> None:
    exact = Fraction(quantity * price, 100) * Fraction(10_000 - discount, 10_000) / INTERVALS[interval].months
    rounded = int(exact * 10_000 + Fraction(1, 2))
    arrays = (np.array([value]) for value in (quantity, price, discount, interval))
    assert item_mrr(*arrays).tolist() == [rounded]


@given(local=st.integers(0, 10**11), rate=st.integers(1, 2_000_000))
def test_conversion_is_rounded_once_half_away_from_zero(local: int, rate: int) -> None:
    rounded = int(Fraction(local * rate, 10**6) + Fraction(1, 2))
    assert convert(np.array([local]), np.array([rate])).tolist() == [rounded]
