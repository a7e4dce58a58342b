"""Verdicts on work: what managers say became of a reason to act on one of their customers."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER, Month
from simulator.company.commerce import LATE, LIVE
from simulator.company.growing_table import GrowingTable
from simulator.company.world import World
from simulator.randomness import happens, pick_by_row

REASONS = (
    "notice_given", "past_due", "notice_deadline", "usage_fell", "onboarding_stuck", "champion_idle",
    "health_red", "ticket_escalated", "detractor", "goal_overdue", "csql", "promoter",
)  # fmt: skip
VERDICTS = ("done", "snoozed", "false_alarm", "saved", "lost")
_SNOOZED = 1
# The last ones come to any account, the others to those in that state.
_ANY = 7
# Shares of the verdicts, by reason.
_SHARES = np.array(
    [
        (0.30, 0.10, 0.05, 0.15, 0.40), (0.60, 0.20, 0.15, 0.00, 0.05), (0.50, 0.25, 0.15, 0.10, 0.00),
        (0.45, 0.20, 0.20, 0.15, 0.00), (0.55, 0.20, 0.25, 0.00, 0.00), (0.50, 0.15, 0.35, 0.00, 0.00),
        (0.45, 0.20, 0.20, 0.15, 0.00), (0.75, 0.10, 0.15, 0.00, 0.00), (0.65, 0.10, 0.20, 0.05, 0.00),
        (0.55, 0.30, 0.15, 0.00, 0.00), (0.30, 0.25, 0.45, 0.00, 0.00), (0.60, 0.20, 0.20, 0.00, 0.00),
    ]
)  # fmt: skip


def no_verdicts() -> GrowingTable:
    """An empty table of verdicts."""
    return GrowingTable(account="i4", reason="i1", verdict="i1", given_at="i8", until="i8", note="i1")


def step(world: World, month: Month, verdicts: GrowingTable) -> None:
    """One month: managers give a verdict on some of their customers."""
    rng = world.rng("work", month.index)
    a, c, mood = world.accounts, world.commerce, world.mood
    is_customer = np.isin(c.phase, (LIVE, LATE)) & a.is_managed & (c.paid_since < month.start)
    given = is_customer & happens(rng, np.full(len(a), world.config.model.feedback_rate))
    account = np.flatnonzero(given)
    count = len(account)
    reason = np.select(
        [
            c.leaving[account],
            c.phase[account] == LATE,
            (c.renewal_at[account] < month.end + 120 * DAY) & ~c.renewal_decided[account],
            world.causes.idle[account],
            a.offered_at[account] > month.start - 90 * DAY,
            ~mood.has_champion[account] & (rng.random(count) < 0.5),
            mood.feeling[account] < -0.5,
        ],
        list(range(_ANY)),
        rng.integers(_ANY, len(REASONS), count),
    )
    verdict = pick_by_row(rng, _SHARES[reason])
    given_at = month.start + (rng.random(count) * (month.end - month.start)).astype(np.int64)
    snoozed_to = given_at + rng.integers(7, 45, count) * DAY
    verdicts.append(
        account=account,
        reason=reason,
        verdict=verdict,
        given_at=given_at,
        until=np.where(verdict == _SNOOZED, snoozed_to, NEVER),
        note=np.where(rng.random(count) < 0.3, verdict, -1),
    )
