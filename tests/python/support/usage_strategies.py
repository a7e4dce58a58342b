"""Random companies that use a product: few instants that meet at the borders of days, months and windows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from .revenue_oracle import Row

DAYS = [
    "2023-11-30", "2023-12-01", "2023-12-02", "2023-12-25", "2023-12-31", "2024-01-01", "2024-01-02",
    "2024-01-07", "2024-01-08", "2024-01-30", "2024-01-31", "2024-02-01", "2024-02-05", "2024-02-12",
    "2024-02-19", "2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2024-03-30",
]  # fmt: skip
TIMES = ["T00:00:00", "T09:00:00", "T09:30:00", "T09:59:59", "T10:30:00", "T14:59:59", "T23:45:00"]
AS_OF_DAYS = ["2024-02-29", "2024-03-01", "2024-03-15", "2024-03-31"]
EVENTS = ["login", "login", "import_data", "create_report", "invite_user", "work"]
FEATURES = [None, "core", "integration_crm", "app_forms"]

maybe_day = st.sampled_from([None, None, *DAYS])


class Rows(NamedTuple):
    tables: Mapping[str, Sequence[Row]]
    as_of: dt.date
    timezone: str


@st.composite
def accounts(draw: st.DrawFn) -> list[Row]:
    """Four accounts; the last may be a test or merged into the first."""
    fate = draw(st.sampled_from([{}, {}, {"is_test": "true"}, {"merged_into_account_id": "a0"}]))
    return [
        {
            "account_id": f"a{index}",
            "country": draw(st.sampled_from(["JP", "US", None])),
            "created_at": draw(maybe_day),
            "onboarding_offered_at": draw(maybe_day),
            **(fate if index == 3 else {}),
        }
        for index in range(4)
    ]


@st.composite
def companies(draw: st.DrawFn) -> Rows:
    account = st.sampled_from(["a0", "a0", "a1", "a2", "a3"])
    moment = st.builds(lambda day, time: day + time, st.sampled_from(DAYS), st.sampled_from(TIMES))
    event = st.fixed_dictionaries(
        {
            "account_id": account,
            "user_id": st.sampled_from(["u0", "u0", "u1", "u2", "u3", "guest", None]),
            "event_name": st.sampled_from(EVENTS),
            "feature": st.sampled_from(FEATURES),
            "session_id": st.sampled_from([None, None, "s1", "s2"]),
            "occurred_at": moment,
            "event_count": st.sampled_from([None, "1", "3", "0"]),
            "duration_seconds": st.sampled_from([None, None, "0", "90.5", "600"]),
        }
    )
    user = st.fixed_dictionaries(
        {
            "account_id": account,
            "created_at": maybe_day,
            "deactivated_at": maybe_day,
            "champion_since": maybe_day,
            "champion_until": maybe_day,
            "champion_level": st.sampled_from([None, "1", "3", "5"]),
        }
    )
    activity = st.fixed_dictionaries(
        {
            "account_id": account,
            "activity_type": st.sampled_from(["onboarding_call", "training"]),
            "occurred_at": moment,
        }
    )
    item = st.fixed_dictionaries(
        {
            "account_id": account,
            "plan_id": st.sampled_from(["basic", "pro"]),
            "valid_from": st.sampled_from(DAYS),
            "valid_to": maybe_day,
        }
    )
    items = draw(st.lists(item, min_size=1, max_size=5))
    events = draw(st.one_of(st.lists(event, min_size=4, max_size=40), st.just([])))
    if draw(st.sampled_from([False] * 5 + [True])):
        events = [{**row, "user_id": None} for row in events]
    users = draw(st.one_of(st.lists(user, min_size=2, max_size=4), st.just([])))
    activities = draw(st.lists(activity, max_size=5))
    tables: dict[str, Sequence[Row]] = {
        "accounts": draw(accounts()),
        "plans": [{"plan_id": plan, "product_id": "crm"} for plan in ("basic", "pro")],
        "subscription_items": [
            {
                "subscription_item_id": f"i{n}",
                "subscription_id": f"i{n}",
                "unit_price": "10",
                "billing_interval": "month",
                **row,
            }
            for n, row in enumerate(items)
        ],
    }
    supplied = {
        "product_events": [{"event_id": f"e{n}", **row} for n, row in enumerate(events)],
        "users": [{"user_id": f"u{n}", **row} for n, row in enumerate(users)],
        "cs_activities": [{"activity_id": f"c{n}", **row} for n, row in enumerate(activities)],
    }
    return Rows(
        tables | {name: rows for name, rows in supplied.items() if rows},
        dt.date.fromisoformat(draw(st.sampled_from(AS_OF_DAYS))),
        draw(st.sampled_from(["UTC", "UTC", "Asia/Tokyo"])),
    )
