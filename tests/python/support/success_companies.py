"""A small random company with goals, activities, a community, referrals and handovers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from .voice_companies import ACCOUNTS, DAYS, FIRST_DAY, Company, Row, random_company

ACTIVITIES = (
    "call",
    "email",
    "webinar",
    "video_view",
    "referral",
    "community_post",
    "community_question",
    "community_question",
    "community_answer",
    "community_answer",
    "community_answer",
)
RESPONSES = ("sent", "opened", "registered", "attended", "completed")
CHANNELS = {"a0": "web", "a1": "partner", "a2": "web", "a3": None, "a4": "event", "a5": "web", "a6": "web"}
CSMS = {"a0": "m0", "a1": "m1", "a2": "m0", "a3": None, "a4": "m2", "a5": "m0", "a6": "m0"}
TEAM: list[Row] = [
    {"member_id": "m0", "member_name": "Ada", "team": "smb"},
    {"member_id": "m1", "member_name": "Bo", "team": None},
]


def success_company(seed: int) -> Company:
    """`random_company` with what customer success does; the same company for the same seed."""
    base = random_company(seed)
    rng = Random(seed + 1_000)

    def time(latest: int = DAYS) -> str:
        day = FIRST_DAY + dt.timedelta(rng.randrange(latest))
        hour, minute = rng.choice(((0, 0), (4, 59), (5, 0), (14, 59), (15, 0), (23, 59)))
        return dt.datetime.combine(day, dt.time(hour, minute)).isoformat()

    def maybe(value: str, chance: float = 0.7) -> str | None:
        return value if rng.random() < chance else None

    def account() -> str:
        return f"a{rng.randrange(7)}"

    accounts: list[Row] = [
        {
            **row,
            "created_at": maybe(time(150)),
            "csm_id": CSMS[str(row["account_id"])],
            "acquisition_channel": CHANNELS[str(row["account_id"])],
            "referred_by_account_id": maybe(account(), 0.6),
        }
        for row in ACCOUNTS
    ]
    tables: dict[str, Sequence[Row]] = {
        **base.tables,
        "accounts": accounts,
        "team_members": TEAM,
        "cs_activities": [
            {
                "activity_id": f"e{number}",
                "account_id": account(),
                "user_id": maybe(f"u{rng.randrange(5)}"),
                "csm_id": maybe(rng.choice(("m0", "m1", "m9")), 0.4),
                "activity_type": rng.choice(ACTIVITIES),
                "content_id": maybe(f"t{rng.randrange(6)}"),
                "initiated_by": maybe(rng.choice(("company", "customer", "customer")), 0.9),
                "response": maybe(rng.choice(RESPONSES)),
                "duration_minutes": maybe(str(rng.randrange(1, 90)), 0.5),
                "occurred_at": time(),
                "campaign_id": maybe(f"k{rng.randrange(3)}", 0.04),
            }
            for number in range(160)
        ],
        "campaigns": [{"campaign_id": f"k{number}", "started_on": "2023-10-01"} for number in range(2)],
        "product_events": [
            {
                "event_id": f"v{number}",
                "account_id": account(),
                "event_name": rng.choice(("login", "import_data", "create_report")),
                "occurred_at": time(),
            }
            for number in range(250)
        ],
        "customer_goals": [
            {
                "goal_id": f"g{number}",
                "account_id": account(),
                "set_at": time(150),
                "due_at": maybe(time()),
                "achieved_at": maybe(time()),
                "value_amount": maybe(str(rng.randrange(100, 900))),
                "cost_amount": maybe(str(rng.randrange(100)), 0.4),
                "currency": maybe(rng.choice(("USD", "EUR", "CHF"))),
            }
            for number in range(30)
        ],
        "leads": [
            {
                "lead_id": f"l{number}",
                "account_id": maybe(account(), 0.6),
                "created_at": time(200),
                "qualified_at": maybe(time()),
                "opportunity_at": maybe(time()),
                "won_at": maybe(time()),
                "handed_over_at": maybe(time()),
                "channel": maybe(rng.choice(["web", "event", "partner"]), 0.5),
            }
            for number in range(30)
        ],
    }
    return Company(tables, base.as_of, base.timezone)
