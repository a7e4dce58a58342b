"""Nights that add to what the night before built give what a full build of the same files gives."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ..support.increments import Night, differences
from ..support.search import cases
from ..support.usage_strategies import AS_OF_DAYS, companies

EVENTS = "product_events/{}.csv"
EVENTS_PARQUET = "product_events/{}.parquet"

Event = dict[str, str | None]
Files = dict[str, list[Event]]


class Delivered(NamedTuple):
    """What the raw folder holds on one night, and the night's as-of date."""

    files: Files
    as_of: dt.date


class History(NamedTuple):
    timezone: str
    nights: list[Delivered]


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A company, and what its raw folder holds on three nights.

    The events are cut into files in any order. From night to night files come, change and go, rows are
    delivered again, corrected and late, accounts are merged, appear and become tests, users move, and the
    as-of date moves.
    """
    company = draw(companies())
    files: Files = {f"{name}.csv": [dict(row) for row in rows] for name, rows in company.tables.items()}
    rest = draw(st.permutations(files.pop("product_events.csv", [])))
    for number, event in enumerate(rest):
        event["recorded_at"] = draw(st.sampled_from([None, None, "2024-03-30T10:00", "2024-03-30T11:00"]))
        if number and draw(st.sampled_from([False] * 9 + [True])):
            event["event_id"] = rest[number - 1]["event_id"]
    nights: list[Delivered] = []
    as_of = min(AS_OF_DAYS)
    for night in range(3):
        size = draw(st.integers(0, len(rest))) if night < 2 else len(rest)
        delivered, rest = rest[:size], rest[size:]
        files = {name: [dict(row) for row in rows] for name, rows in files.items()}
        if delivered:
            files[EVENTS.format(night)] = delivered
        if night:
            for _ in range(draw(st.integers(0, 3))):
                change(draw, files, EVENTS.format(f"late{night}"))
        as_of = max(as_of, draw(st.sampled_from(AS_OF_DAYS)))
        nights.append(Delivered(dict(files), dt.date.fromisoformat(as_of)))
    return History(company.timezone, nights)


def change(draw: st.DrawFn, files: Files, late: str) -> None:
    """Repeat, correct, edit or remove earlier events, or change an account or a user."""
    kind = draw(st.sampled_from(["repeat", "correct", "edit", "remove", "accounts.csv", "users.csv"]))
    if kind.endswith(".csv"):
        row = draw(st.sampled_from(files.get(kind, [{}])))
        row.update(draw(st.sampled_from(CHANGES[kind])))
        return
    earlier = sorted(name for name, rows in files.items() if name.startswith("product_events/") and rows)
    if not earlier:
        return
    name = draw(st.sampled_from(earlier))
    event = dict(draw(st.sampled_from(files[name])))
    if kind == "remove":
        del files[name]
    elif kind == "edit":
        files[name] = [row for row in files[name] if row != event] + [{**event, "event_count": "7"}]
    elif kind == "correct":
        corrected = {"occurred_at": "2024-02-01T10:30:00", "recorded_at": "2024-03-31T10:00:00"}
        files.setdefault(late, []).append({**event, **corrected})
    else:
        files.setdefault(late, []).append(event)


CHANGES: dict[str, list[Event]] = {
    "accounts.csv": [
        {"is_test": "true"}, {"is_test": "false"}, {"merged_into_account_id": "a0"}, {"account_id": "a9"},
    ],
    "users.csv": [
        {"account_id": "a1"}, {"created_at": "2024-01-08"}, {"deactivated_at": "2024-02-01"},
        {"user_id": "u9"},
    ],
}  # fmt: skip


def test_rejected_rows_are_listed_as_they_are_read_now_where_a_column_has_another_type(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    item: Event = {
        "subscription_item_id": "i0", "subscription_id": "s0", "account_id": "a0", "plan_id": "p0",
        "unit_price": "10", "quantity": "1", "currency": "USD", "billing_interval": "month",
        "status": "active", "valid_from": "2024-01-01",
    }  # fmt: skip
    event: Event = {
        "event_id": "e0", "account_id": "a0", "event_name": "login", "occurred_at": "2024-01-10T10:00:00",
        "event_count": "-1",
    }  # fmt: skip
    files: Files = {
        "accounts.csv": [{"account_id": "a0", "country": "JP"}],
        "plans.csv": [{"plan_id": "p0", "product_id": "crm"}],
        "subscription_items.csv": [item],
        EVENTS_PARQUET.format(0): [event],
    }
    later = {**files, EVENTS_PARQUET.format(1): [{**event, "event_id": "e1", "event_count": "1.5"}]}
    night = Night(tmp_path_factory.mktemp("night"))
    night.run(files, dt.date(2024, 1, 31))
    night.run(later, dt.date(2024, 1, 31))
    anew = Night(tmp_path_factory.mktemp("anew"))
    anew.run(later, dt.date(2024, 1, 31))
    assert differences(night, anew) == []
    listed = "select event_id, event_count from staging.listed_product_events order by all"
    assert night.rows(listed) == [("e0", -1.0), ("e1", 1.5)]


# One history is four builds by dbt.
@pytest.mark.search
@given(history=histories())
@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=cases(1, 4),
    phases=[Phase.generate],
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
def test_a_night_gives_what_a_full_build_gives(
    tmp_path_factory: pytest.TempPathFactory, history: History
) -> None:
    night = Night(tmp_path_factory.mktemp("night"), history.timezone)
    for delivered in history.nights:
        night.run(delivered.files, delivered.as_of)
    anew = Night(tmp_path_factory.mktemp("anew"), history.timezone)
    anew.run(history.nights[-1].files, history.nights[-1].as_of)
    assert differences(night, anew) == []
