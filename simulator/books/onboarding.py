"""Onboarding steps reached, and completions by month of the offer."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER
from simulator.company import catalog as cat
from simulator.company.world import World
from simulator.files.columns import Dates, Ids, Numbers, Texts, Times
from simulator.months.engagement import EngagementState
from simulator.months.usage import UsageState
from simulator.randomness import Ints

_STEPS = (*cat.STEP_KEYS, "kickoff_call", "habit_formed")


def write_onboarding(world: World, usage: UsageState, engagement: EngagementState) -> None:
    """When each account, merged ones included, reached each step; completions by month of the offer."""
    a = world.accounts
    own = np.where(a.step_at < world.timeline.end, a.step_at, NEVER)
    reached = np.full((len(a), len(_STEPS)), NEVER)
    np.minimum.at(reached, a.effective, np.column_stack([own, np.full((len(a), 2), NEVER)]))
    reached[:, -2], reached[:, -1] = engagement.kickoff_at, usage.habit_at
    counts = ~a.is_test & (a.merged_into < 0)
    row, step = np.nonzero((reached < NEVER) & counts[:, None])
    world.truth.write(
        "onboarding_steps",
        {
            "account_id": Ids("A", row),
            "step_key": Texts(step, _STEPS),
            "reached_at": Times(reached[row, step]),
        },
    )
    goals = reached[:, [*cat.GOAL_STEPS, _STEPS.index("habit_formed")]]
    completed = goals.max(axis=1)
    in_time = completed < a.offered_at + cat.ONBOARDING_DAYS * DAY
    chosen = np.flatnonzero(counts)
    world.truth.write(
        "onboarding_accounts",
        {
            "account_id": Ids("A", chosen),
            "offered_at": Times(a.offered_at[chosen]),
            "completed_at": Times(completed[chosen]),
            "is_completed_in_time": Numbers(in_time[chosen]),
        },
    )
    offered = world.timeline.index_of(a.offered_at)
    months = len(world.timeline.months)

    def by_month(which: np.ndarray) -> Ints:
        inside = counts & which & (offered < months)
        return np.bincount(offered[inside], minlength=months)

    everyone = np.ones(len(a), dtype=bool)
    starts = world.timeline.starts[: months + 1]
    world.truth.write(
        "onboarding_months",
        {
            "month_start": Dates(starts[:-1]),
            "accounts_offered": Numbers(by_month(everyone)),
            "accounts_completed": Numbers(by_month(in_time)),
            "accounts_completed_to_date": Numbers(by_month(completed < NEVER)),
            "is_mature": Numbers(starts[1:] + cat.ONBOARDING_DAYS * DAY <= world.timeline.end),
        },
    )
