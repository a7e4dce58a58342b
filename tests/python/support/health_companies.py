"""A random company with all that its health is measured by; its amounts and hours need no rounding.

No session runs over a month's close, and no two events of a user are at one instant.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from .revenue_oracle import Inputs, Row

FIRST_DAY = dt.date(2023, 3, 1)
LAST_DAYS = (dt.date(2024, 2, 29), dt.date(2024, 3, 31), dt.date(2024, 4, 1), dt.date(2024, 5, 20))
CLOSES = (dt.date(2023, 10, 31), dt.date(2023, 12, 31), dt.date(2024, 1, 31))
TIMEZONES = ("UTC", "Asia/Tokyo", "America/New_York")
# On both sides of midnight in each zone. No session goes on: those of two days are over 30 minutes apart.
TIMES = (
    "00:00:00", "04:29:24", "05:00:00", "09:00:00", "09:30:00", "09:59:24", "14:29:24", "15:00:00",
    "23:29:24",
)  # fmt: skip

# a12 is a test, a13 counts for a0, a14 through a13 too, a15 and a16 are merged in a circle; parents count at
# customer_level parent alone, where the child of a test is one.
SPECIAL: dict[int, Row] = {
    10: {"parent_account_id": "a1"},
    11: {"parent_account_id": "a12"},
    12: {"is_test": "true"},
    13: {"merged_into_account_id": "a0"},
    14: {"merged_into_account_id": "a13"},
    15: {"merged_into_account_id": "a16"},
    16: {"merged_into_account_id": "a15"},
}
ACCOUNTS = 20
PLANS: list[Row] = [
    {"plan_id": "basic", "product_id": "crm", "tier_rank": "1"},
    {"plan_id": "pro", "product_id": "crm", "tier_rank": "2"},
    {"plan_id": "sso", "product_id": "crm", "is_addon": "true"},
    {"plan_id": "desk", "product_id": "desk"},
]
RATES: list[Row] = [
    {"rate_date": day, "currency": currency, "rate_to_reporting": rate}
    for day, currency, rate in (
        ("2022-12-15", "EUR", "1.1"),
        ("2023-07-31", "EUR", "1.25"),
        ("2023-11-30", "EUR", "1.5"),
        ("2024-03-01", "EUR", "1.2"),
        ("2023-09-10", "GBP", "2"),
        ("2024-01-20", "GBP", "1.75"),
    )
]
STATUSES = ("active", "past_due", "past_due", "past_due", "paused", "trialing", "canceled")
EVENT_NAMES = ("login", "login", "import_data", "create_report", "invite_user", "connect_integration", "work")
ACTIVITIES = (
    "onboarding_call", "qbr", "call", "chat", "email", "email", "email", "training", "webinar", "workshop",
    "event", "user_group", "interview", "award", "video_view", "help_view", "download",
    "community_post", "community_question", "community_answer", "referral",
)  # fmt: skip
RESPONSES = ("sent", "opened", "clicked", "registered", "attended", "completed")
GAUGES = (
    "data_volume",
    "connections",
    "integrations",
    "apps_built",
    "seats_limit",
    "seats_limit",
    "own_measure",
)
# How likely a company does not supply each table that it need not.
OPTIONAL = {
    "users": 0.1,
    "product_events": 0.1,
    "cs_activities": 0.2,
    "support_tickets": 0.2,
    "survey_responses": 0.2,
    "reviews": 0.2,
    "contracts": 0.3,
    "cancellations": 0.3,
    "opportunities": 0.2,
    "customer_goals": 0.2,
    "usage_gauges": 0.2,
}

Tables = dict[str, Sequence[Row]]


class Draw:
    """Draws from one seed; days and times are texts in UTC."""

    def __init__(self, seed: int, as_of: dt.date) -> None:
        self.seed, self.rng, self.as_of = seed, Random(seed), as_of

    def day(self, since: dt.date = FIRST_DAY, days: int | None = None) -> dt.date:
        """From `since` on, to a month after the as-of date unless `days` says how far."""
        length = (self.as_of - since).days + 31 if days is None else days
        return since + dt.timedelta(self.rng.randrange(max(length, 1)))

    def time(self, since: dt.date = FIRST_DAY, days: int | None = None) -> str:
        return f"{self.day(since, days)}T{self.rng.choice(TIMES)}"

    def after(self, time: str, days: int) -> str:
        """Some days after a time; sometimes a little before it, by mistake."""
        day = dt.date.fromisoformat(time[:10]) + dt.timedelta(self.rng.randrange(-2, days))
        return f"{day}T{self.rng.choice(TIMES)}"

    def account(self) -> str:
        return f"a{self.rng.randrange(ACCOUNTS)}"

    def maybe(self, chance: float, value: str) -> str | None:
        return value if self.rng.random() < chance else None

    def pick(self, *values: str) -> str:
        return self.rng.choice(values)

    def number(self, low: int, high: int) -> str:
        return str(self.rng.randrange(low, high + 1))


def health_company(seed: int) -> tuple[Inputs, Tables]:
    """The inputs of revenue and all tables, the same for the same seed.

    Seed 0 has every table, seed 1 none that it need not have.
    """
    rng = Random(seed)
    as_of, timezone = rng.choice(LAST_DAYS), rng.choice(TIMEZONES)
    draw = Draw(seed, as_of)
    tables = required(draw) | optional(draw)
    absent = {name for name, chance in OPTIONAL.items() if rng.random() < chance}
    absent = {0: set(), 1: {*OPTIONAL}}.get(seed, absent)
    kept = {name: rows for name, rows in tables.items() if name not in absent}
    inputs = Inputs(
        accounts=kept["accounts"],
        plans=kept["plans"],
        subscription_items=kept["subscription_items"],
        fx_rates=kept["fx_rates"],
        as_of=as_of,
        timezone=timezone,
    )
    return inputs, kept


def required(draw: Draw) -> Tables:
    accounts = [
        {
            "account_id": f"a{number}",
            "created_at": draw.maybe(0.7, draw.time(days=200)),
            "region": draw.maybe(0.5, draw.pick("east", "west")),
            **SPECIAL.get(number, {}),
        }
        for number in range(ACCOUNTS)
    ]
    items = [row for number in range(30) for row in versions(draw, f"i{number}", f"a{number % ACCOUNTS}")]
    return {"accounts": accounts, "plans": PLANS, "fx_rates": RATES, "subscription_items": items}


def versions(draw: Draw, item: str, account: str) -> list[Row]:
    """Versions of one item, mostly one after another, some with a gap between them or an early end."""
    starts = sorted({draw.day() for _ in range(draw.rng.choice((1, 2, 3, 5, 8)))})
    times = [f"{day}T{draw.pick(*TIMES)}" for day in starts]
    current = {
        "plan_id": draw.pick("basic", "pro", "basic", "pro", "sso", "desk"),
        "quantity": draw.number(1, 9),
        # In every interval a whole amount per month.
        "unit_price": str(72 * draw.rng.randrange(1, 20)),
        "discount_rate": draw.maybe(0.5, draw.pick("0.25", "0.5", "1")),
        "currency": draw.maybe(0.7, draw.pick("USD", "EUR", "EUR", "GBP")),
        "billing_interval": draw.pick("month", "month", "quarter", "year", "week", "day"),
        "billing_interval_count": draw.maybe(0.5, draw.number(1, 3)),
    }
    is_dated = draw.rng.random() < 0.5
    rows: list[Row] = []
    for place, begins in enumerate(times):
        change = draw.pick(
            "quantity", "quantity", "unit_price", "plan_id", "discount_rate", "status", "status"
        )
        if change == "quantity":
            current["quantity"] = draw.number(1, 9)
        elif change == "unit_price":
            current["unit_price"] = str(72 * draw.rng.randrange(1, 20))
        elif change == "plan_id":
            current["plan_id"] = draw.pick("basic", "pro", "sso", "desk")
        elif change == "discount_rate":
            current["discount_rate"] = draw.pick("0", "0.25", "0.5")
        following = times[place + 1] if place + 1 < len(times) else None
        ends = draw.pick("next", "next", "next", "next", "open", "early")
        rows.append(
            {
                "subscription_item_id": item,
                "subscription_id": item,
                "account_id": account,
                **current,
                "status": draw.pick(*STATUSES) if change == "status" else "active",
                "valid_from": begins,
                "valid_to": {"next": following, "open": None, "early": draw.after(begins, 50)}[ends],
                "recorded_at": draw.after(begins, 20) if is_dated else None,
            }
        )
    return rows


def optional(draw: Draw) -> Tables:
    """What a company need not supply; each table begins on a day of its own."""
    return {
        "users": users(draw),
        "product_events": product_events(draw),
        "usage_gauges": gauges(draw),
        **contacts(draw),
        **decisions(draw),
    }


def users(draw: Draw) -> list[Row]:
    since = draw.day(days=300)
    has_champions = draw.rng.random() < 0.8
    rows = []
    for number in range(45):
        champion_since = draw.maybe(0.4 * has_champions, draw.time(since))
        rows.append(
            {
                "user_id": f"u{number}",
                "account_id": draw.account(),
                "created_at": draw.maybe(0.8, draw.time(since)),
                "deactivated_at": draw.maybe(0.3, draw.time(since)),
                "champion_since": champion_since,
                "champion_until": draw.maybe(0.4, draw.time(since)) if champion_since else None,
                "champion_level": draw.maybe(0.6, draw.number(1, 5)),
            }
        )
    return rows


def product_events(draw: Draw) -> list[Row]:
    """Busy and idle accounts; some stop, and each user is mostly in one account.

    The first day is the first one of a window that ends with a month's close, or the day after it.
    """
    since = draw.rng.choice(CLOSES) - dt.timedelta((83, 26, 55, 27, 55, 82, 54)[draw.seed % 7])
    has_features, has_users = draw.rng.random() < 0.8, draw.rng.random() < 0.85
    rows: dict[tuple[str | None, ...], Row] = {}
    for number in range(ACCOUNTS):
        length = draw.rng.choice((None, None, draw.rng.randrange(1, 250)))
        for _ in range(draw.rng.choice((0, 1, 5, 30, 80))):
            time = draw.time(since + dt.timedelta(2), length) if rows else f"{since}T09:00:00"
            user = draw.maybe(0.8 * has_users, f"u{draw.rng.choice((number, number + 20, 44, 99))}")
            in_one_month = 3 <= int(time[8:10]) <= 25
            rows[f"a{number}", user, time] = {
                "account_id": f"a{number}",
                "user_id": user,
                "event_name": draw.pick(*EVENT_NAMES),
                "feature": draw.maybe(0.5 * has_features, f"f{draw.rng.randrange(12)}"),
                "session_id": draw.maybe(0.3 * in_one_month, f"s{time[:7]}-{draw.number(0, 3)}"),
                "occurred_at": time,
                "event_count": draw.maybe(0.4, draw.number(0, 4)),
                "duration_seconds": draw.maybe(0.3, draw.pick("0", "90.5", "600")),
            }
    return [{**row, "event_id": str(number)} for number, row in enumerate(rows.values())]


def gauges(draw: Draw) -> list[Row]:
    since = draw.day(days=300)
    rows = {}
    for _ in range(180):
        key = (draw.account(), str(draw.day(since)), draw.pick(*GAUGES))
        rows[key] = {
            "account_id": key[0],
            "measured_on": key[1],
            "measure": key[2],
            "value": draw.pick("0", "1", "4.5", "12"),
        }
    return [*rows.values()]


def contacts(draw: Draw) -> Tables:
    """What the company and its customers say to each other."""
    touched, asked, helped = (draw.day(days=300) for _ in range(3))
    # Some kinds of activity are recorded by some companies alone.
    kinds = draw.rng.sample(ACTIVITIES, draw.rng.randrange(6, len(ACTIVITIES)))
    activities = [
        {
            "activity_id": f"e{number}",
            "account_id": draw.account(),
            "activity_type": draw.pick(*kinds),
            "response": draw.maybe(0.6, draw.pick(*RESPONSES)),
            "occurred_at": draw.time(touched),
        }
        for number in range(260)
    ]
    responses = []
    for number in range(120):
        kind = draw.pick("nps", "csat")
        responses.append(
            {
                "response_id": f"r{number}",
                "survey_kind": kind,
                "account_id": draw.maybe(0.9, draw.account()),
                "score": draw.number(0, 10) if kind == "nps" else draw.pick("1", "2.5", "4", "5"),
                "responded_at": draw.time(asked),
            }
        )
    reviews = [
        {
            "review_id": f"v{number}",
            "site": "s0",
            "account_id": draw.maybe(0.8, draw.account()),
            "rating": draw.maybe(0.8, draw.pick("0", "2.5", "3", "5")),
            "posted_at": draw.time(),
        }
        for number in range(40)
    ]
    tickets = []
    for number in range(120):
        opened = draw.time(helped)
        tickets.append(
            {
                "ticket_id": f"t{number}",
                "account_id": draw.account(),
                "opened_at": opened,
                "resolved_at": draw.maybe(0.7, draw.after(opened, 90)),
                "is_escalated": draw.maybe(0.5, draw.pick("true", "false")),
            }
        )
    return {
        "cs_activities": recorded(draw, activities, "occurred_at"),
        "survey_responses": recorded(draw, responses, "responded_at"),
        "reviews": recorded(draw, reviews, "posted_at"),
        "support_tickets": recorded(draw, tickets, "opened_at"),
    }


def recorded(draw: Draw, rows: Sequence[Row], time: str) -> list[Row]:
    """The rows, some of which say when they were recorded: at most three months later."""
    return [{**row, "recorded_at": draw.maybe(0.5, draw.after(str(row[time]), 90))} for row in rows]


def decisions(draw: Draw) -> Tables:
    """What customers have signed, want, buy and end."""
    contracts, opportunities, goals = [], [], []
    for number in range(35):
        begun = draw.time()
        contracts.append(
            {
                "contract_id": f"k{number}",
                "account_id": draw.account(),
                "started_at": begun,
                "ends_at": draw.after(begun, 400),
                "outcome": draw.maybe(0.9, draw.pick("open", "renewed", "churned")),
                "decided_at": draw.maybe(0.7, draw.after(begun, 300)),
                "notice_due_on": draw.maybe(0.4, str(draw.day(dt.date.fromisoformat(begun[:10]), 400))),
                "notice_period_days": draw.maybe(0.6, draw.number(0, 60)),
                "notice_given_at": draw.maybe(0.2, draw.after(begun, 300)),
                "renewal_stage": draw.maybe(
                    0.7, draw.pick("not_started", "proposed", "verbal", "in_approval", "ordered", "declined")
                ),
                "recorded_at": draw.maybe(0.5, draw.after(begun, 300)),
            }
        )
    since = draw.day(days=300)
    for number in range(60):
        begun = draw.time(since)
        outcome = draw.pick("open", "won", "lost")
        opportunities.append(
            {
                "opportunity_id": f"o{number}",
                "account_id": draw.account(),
                "kind": draw.pick("upsell", "cross_sell", "renewal"),
                "created_at": begun,
                "closed_at": draw.maybe(0.8, draw.after(begun, 120)),
                "outcome": outcome,
            }
        )
    for number in range(60):
        begun = draw.time()
        goals.append(
            {
                "goal_id": f"g{number}",
                "account_id": draw.account(),
                "set_at": begun,
                "due_at": draw.maybe(0.7, draw.after(begun, 200)),
                "achieved_at": draw.maybe(0.5, draw.after(begun, 200)),
            }
        )
    left = draw.day(days=300)
    cancellations = [
        {"cancellation_id": f"c{number}", "account_id": draw.account(), "cancelled_at": draw.time(left)}
        for number in range(20)
    ]
    return {
        "contracts": contracts,
        "opportunities": opportunities,
        "customer_goals": goals,
        "cancellations": recorded(draw, cancellations, "cancelled_at"),
    }
