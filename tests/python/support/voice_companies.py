"""A small random company that is asked, complains, asks for features, renews and buys more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

Row = dict[str, str | None]

FIRST_DAY = dt.date(2023, 10, 1)
DAYS = 300
LAST_DAYS = (dt.date(2024, 2, 29), dt.date(2024, 4, 30), dt.date(2024, 6, 15), dt.date(2024, 6, 30))
TIMEZONES = ("UTC", "Asia/Tokyo", "America/New_York")

# a5 counts for a1, a6 is a test.
ACCOUNTS: list[Row] = [
    {"account_id": "a0", "country": "JP"},
    {"account_id": "a1", "country": "JP"},
    {"account_id": "a2", "country": "US"},
    {"account_id": "a3", "country": None},
    {"account_id": "a4", "country": "US"},
    {"account_id": "a5", "country": "US", "merged_into_account_id": "a1"},
    {"account_id": "a6", "country": "JP", "is_test": "true"},
]
PLANS: list[Row] = [{"plan_id": plan, "product_id": "crm"} for plan in ("basic", "pro")]
# Products with these rates have four decimals at most, so nothing is rounded. CHF has none.
RATES: list[Row] = [
    {"rate_date": day, "currency": "EUR", "rate_to_reporting": rate}
    for day, rate in (("2023-11-15", "1.1"), ("2024-01-31", "1.25"), ("2024-06-20", "1.5"))
]


@dataclass(frozen=True)
class Company:
    tables: dict[str, Sequence[Row]]
    as_of: dt.date
    timezone: str


def random_company(seed: int) -> Company:
    """The same company for the same seed. Times are UTC, to the second, also later than the as-of date."""
    rng = Random(seed)

    def day(latest: int = DAYS) -> dt.date:
        return FIRST_DAY + dt.timedelta(rng.randrange(latest))

    def time(latest: int = DAYS) -> str:
        hour, minute = rng.choice(((0, 0), (4, 59), (5, 0), (14, 59), (15, 0), (23, 59)))
        return dt.datetime.combine(day(latest), dt.time(hour, minute)).isoformat()

    def maybe(value: str, chance: float = 0.8) -> str | None:
        return value if rng.random() < chance else None

    def account() -> str:
        return f"a{rng.randrange(7)}"

    def pick(*values: str) -> str:
        return rng.choice(values)

    items: list[Row] = []
    for number in range(9):
        begins = day(150)
        ends = begins + dt.timedelta(rng.randrange(20, 200))
        items.append(
            {
                "subscription_item_id": f"i{number}",
                "subscription_id": f"s{number}",
                "account_id": f"a{number % 7}",
                "plan_id": pick("basic", "pro"),
                "unit_price": str(rng.randrange(10, 90)),
                "billing_interval": "month",
                "valid_from": begins.isoformat(),
                "valid_to": maybe(ends.isoformat(), 0.7),
            }
        )
    tickets: list[Row] = [
        {
            "ticket_id": f"t{number}",
            "account_id": account(),
            "agent_id": maybe(pick("g0", "g1")),
            "opened_at": time(),
            "first_responded_at": maybe(time()),
            "resolved_at": maybe(time()),
            "is_escalated": pick("true", "false"),
            "replies": maybe(str(rng.randrange(5))),
        }
        for number in range(25)
    ]
    responses: list[Row] = []
    for number in range(60):
        kind = pick("nps", "csat")
        responses.append(
            {
                "response_id": f"r{number}",
                "survey_kind": kind,
                "account_id": maybe(account()),
                "user_id": maybe(pick("u0", "u1", "u2", "u3")),
                "ticket_id": maybe(f"t{rng.randrange(25)}", 0.5),
                "subject": maybe(pick("support", "company", "all")),
                "score": str(rng.randrange(11) if kind == "nps" else rng.randrange(1, 6)),
                "responded_at": time(),
            }
        )
    tables: dict[str, Sequence[Row]] = {
        "accounts": ACCOUNTS,
        "plans": PLANS,
        "fx_rates": RATES,
        "subscription_items": items,
        "support_tickets": tickets,
        "survey_responses": responses,
        "cancellations": [
            {
                "cancellation_id": f"c{number}",
                "account_id": account(),
                "cancelled_at": time(),
                "reason_code": maybe(pick("price", "low_usage", "poor_support", "own_code")),
            }
            for number in range(14)
        ],
        "reviews": [
            {
                "review_id": f"v{number}",
                "site": pick("s0", "s1"),
                "account_id": maybe(account(), 0.5),
                "rating": maybe(str(rng.randrange(11) / 2)),
                "posted_at": time(),
            }
            for number in range(20)
        ],
        "feature_requests": [
            {
                "request_id": f"f{number}",
                "account_id": maybe(account()),
                "status": pick("open", "planned", "in_progress", "shipped", "declined"),
                "created_at": time(150),
                "shipped_at": maybe(time(), 0.4),
            }
            for number in range(10)
        ],
        "feature_request_reactions": [
            {
                "reaction_id": f"x{number}",
                "request_id": f"f{rng.randrange(10)}",
                "account_id": maybe(account()),
                "reaction": pick("vote", "comment"),
                "reacted_at": time(),
            }
            for number in range(25)
        ],
        "cs_activities": [
            {
                "activity_id": f"e{number}",
                "account_id": account(),
                "csm_id": "m0",
                "activity_type": pick("help_view", "call"),
                "occurred_at": time(),
            }
            for number in range(20)
        ],
        "contracts": [
            {
                "contract_id": f"k{number}",
                "account_id": account(),
                "started_at": time(),
                "ends_at": dt.datetime.combine(day(800), dt.time(15)).isoformat(),
                "mrr": maybe(str(rng.randrange(100))),
                "renewed_mrr": maybe(str(rng.randrange(100)), 0.5),
                "currency": maybe(pick("USD", "EUR", "EUR", "CHF")),
                "outcome": pick("open", "renewed", "churned"),
                "decided_at": maybe(time(), 0.6),
            }
            for number in range(30)
        ],
        "opportunities": [
            {
                "opportunity_id": f"o{number}",
                "account_id": account(),
                "kind": pick("upsell", "cross_sell", "renewal"),
                "source": pick("customer_success", "customer_success", "sales"),
                "created_at": time(),
                "accepted_at": maybe(time(), 0.5),
                "closed_at": maybe(time(), 0.5),
                "outcome": pick("open", "won", "lost"),
                "mrr": maybe(str(rng.randrange(100))),
                "currency": maybe(pick("USD", "EUR", "CHF")),
            }
            for number in range(30)
        ],
    }
    return Company(tables, rng.choice(LAST_DAYS), rng.choice(TIMEZONES))
