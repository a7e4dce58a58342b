"""Random subscription histories with everything that bites, small enough to shrink to a readable case."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from .revenue_oracle import Inputs, Row, instant

# Few instants, so that changes meet: month borders, a leap day, hours of one day, an offset that moves a day.
DAYS = [
    "2023-10-15", "2023-11-30", "2023-12-31", "2024-01-01", "2024-01-10", "2024-01-31", "2024-02-01",
    "2024-02-14", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-15", "2024-03-31", "2024-04-01",
    "2024-04-14", "2024-05-06", "2024-05-31", "2024-06-01", "2024-06-30", "2024-07-01", "2024-09-10",
    "2024-12-31", "2025-01-01", "2025-02-28", "2025-03-01",
]  # fmt: skip
TIMES = ["", "", "", "", "T00:00:00", "T09:00:00", "T17:00:00", "T23:59:59.999999"]
TIMES += ["T09:00:00+09:00", "T20:00:00-05:00"]
AS_OF_DAYS = ["2024-06-30", "2024-12-31", "2025-01-15", "2025-03-31", "2024-02-29", "2024-03-20"]

PLANS: list[Row] = [
    plan | {"plan_name": plan["plan_id"], "product_name": plan["product_id"]}
    for plan in (
        {"plan_id": "crm_basic", "product_id": "crm", "tier_rank": "1", "is_addon": "false"},
        {"plan_id": "crm_pro", "product_id": "crm", "tier_rank": "2", "is_addon": "false"},
        {"plan_id": "crm_flat", "product_id": "crm", "tier_rank": None, "is_addon": None},
        {"plan_id": "crm_sso", "product_id": "crm", "tier_rank": None, "is_addon": "true"},
        {"plan_id": "crm_audit", "product_id": "crm", "tier_rank": "9", "is_addon": "true"},
        {"plan_id": "mail", "product_id": "mail", "tier_rank": "1", "is_addon": "true"},
        {"plan_id": "desk", "product_id": "desk", "tier_rank": "1", "is_addon": "false"},
    )
]

# CHF never has a rate, GBP a late one.
CURRENCIES = [None, "USD", "USD", "USD", "USD", "EUR", "EUR", "EUR", "GBP", "CHF"]
PRICES = ["100", "100", "150", "150", "199", "12.34567891", "33.33333333", "250000", "0.0006", "0"]
QUANTITIES = [None, "1", "2", "2", "10", "1.5", "7.000001", "0.333333", "0"]
DISCOUNTS = [None, "0", "0", "0.25", "0.25", "0.3333333333", "0.00001", "1"]
INTERVALS = ["month", "month", "month", "month", "quarter", "year", "week", "day"]
INTERVAL_COUNTS = [None, "1", "1", "1", "2", "3"]
STATUSES = ["active", "active", "active", "past_due", "paused", "trialing", "canceled", None]
CHARGE_KINDS = [None] * 12 + ["recurring", "one_time", "usage"]
PLAN_IDS = ["crm_basic", "crm_pro", "crm_basic", "crm_pro", *(str(plan["plan_id"]) for plan in PLANS[2:])]

CHOICES = {
    "plan_id": PLAN_IDS,
    "quantity": QUANTITIES,
    "unit_price": PRICES,
    "discount_rate": DISCOUNTS,
    "currency": CURRENCIES,
    "billing_interval": INTERVALS,
    "billing_interval_count": INTERVAL_COUNTS,
    "status": STATUSES,
}
# What one change changes together.
CHANGES = [
    ["status"],
    ["status"],
    ["status"],
    ["quantity"],
    ["unit_price"],
    ["plan_id"],
    ["plan_id", "unit_price"],
    ["plan_id", "unit_price"],
    ["plan_id", "unit_price"],
    ["plan_id", "unit_price", "quantity", "discount_rate"],
    ["discount_rate"],
    ["discount_rate", "quantity"],
    ["status", "quantity"],
    ["currency"],
    ["billing_interval", "billing_interval_count"],
    [],
]


@st.composite
def versions(draw: st.DrawFn, item: str, subscription: str, accounts: list[str], timezone: str) -> list[Row]:
    """Versions of one item: mostly one after another, else with gaps, overlaps, or no length."""
    moment = st.builds(lambda day, time: day + time, st.sampled_from(DAYS), st.sampled_from(TIMES))
    least = draw(st.sampled_from([1, 3, 4]))
    starts = draw(
        st.lists(moment, min_size=least, max_size=6, unique_by=lambda text: instant(text, timezone))
    )
    starts.sort(key=lambda text: instant(text, timezone))
    account = draw(st.sampled_from(accounts))
    current = {column: draw(st.sampled_from(choices)) for column, choices in CHOICES.items()}
    current["status"] = draw(st.sampled_from([*["active"] * 6, "trialing", current["status"]]))
    current["charge_kind"] = draw(st.sampled_from(CHARGE_KINDS))
    if current["charge_kind"] in ("one_time", "usage"):
        current["billing_interval"] = None
    rows: list[Row] = []
    for index, start in enumerate(starts):
        if index:
            for column in draw(st.sampled_from(CHANGES)):
                current[column] = draw(st.sampled_from(CHOICES[column]))
            if draw(st.sampled_from([False] * 11 + [True])):
                account = draw(st.sampled_from(accounts))
        following = starts[index + 1] if index + 1 < len(starts) else None
        end = draw(st.sampled_from([following] * 6 + [None, start, "other"]))
        if end == "other":
            end = draw(moment)
        rows.append(
            {
                "subscription_item_id": item,
                "subscription_id": subscription,
                "account_id": account,
                "valid_from": start,
                "valid_to": end,
                **current,
            }
        )
    return rows


@st.composite
def account_rows(draw: st.DrawFn, count: int) -> list[Row]:
    """Accounts; merges and parents point to earlier ones, so there are no rings."""
    rows: list[Row] = []
    seldom = st.sampled_from([False] * 5 + [True])
    for index in range(count):
        earlier = st.sampled_from([None, None, None, "ghost", *(f"a{other}" for other in range(index))])
        rows.append(
            {
                "account_id": f"a{index}",
                "account_name": f"Account {index}",
                "created_at": "2023-10-01",
                "country": draw(st.sampled_from(["JP", "US", None])),
                "size_band": draw(st.sampled_from(["smb", "enterprise", None])),
                "merged_into_account_id": draw(earlier) if draw(seldom) else None,
                "parent_account_id": draw(earlier),
                "is_test": draw(st.sampled_from([None, *["false"] * 10, "true"])),
            }
        )
    return rows


@st.composite
def fx_rates(draw: st.DrawFn) -> list[Row]:
    """Two currencies that move; the euro may start after subscriptions in it, the pound mostly does."""
    rate = st.sampled_from(["1.1", "1.08", "1.0789123456", "0.95", "1.2500000001"])
    days = st.sampled_from([day for day in DAYS if day >= "2023-12"])
    rows: list[Row] = []
    starts = {"EUR": ["2023-10-01", "2023-10-01", "2024-01-20"], "GBP": ["2024-02-10", "2024-06-15"]}
    for currency, first in starts.items():
        moves = {draw(st.sampled_from(first)), *draw(st.lists(days, max_size=6))}
        for day in sorted(moves):
            rows.append({"rate_date": day, "currency": currency, "rate_to_reporting": draw(rate)})
    return rows


@st.composite
def histories(draw: st.DrawFn) -> Inputs:
    """Raw rows and settings of one company of a few accounts."""
    timezone = draw(st.sampled_from(["UTC", "UTC", "Asia/Tokyo", "America/New_York"]))
    accounts = draw(st.integers(1, 5).flatmap(account_rows))
    ids = [str(row["account_id"]) for row in accounts]
    items: list[Row] = []
    for index in range(draw(st.sampled_from([3, 1, 6, 10, 14]))):
        subscription = f"s{draw(st.integers(0, index))}"
        items += draw(versions(f"i{index}", subscription, ids, timezone))
    return Inputs(
        accounts=accounts,
        plans=PLANS,
        subscription_items=items,
        fx_rates=draw(fx_rates()),
        as_of=dt.date.fromisoformat(draw(st.sampled_from(AS_OF_DAYS))),
        timezone=timezone,
    )
