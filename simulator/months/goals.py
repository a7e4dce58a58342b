"""Customers' goals: set after onboarding, achieved sooner by those who use and like the product."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER, Month
from simulator.company.commerce import LIVE
from simulator.company.growing_table import GrowingTable
from simulator.company.texts import GOAL_TITLES
from simulator.company.world import World
from simulator.randomness import happens


def no_goals() -> GrowingTable:
    """An empty table of goals."""
    return GrowingTable(account="i4", set_at="i8", due_at="i8", achieved_at="i8", title="i1", size="f4")


def step(world: World, month: Month, goals: GrowingTable) -> None:
    """One month: new goals are set, some open ones achieved."""
    rng = world.rng("goals", month.index)
    a, c, mood = world.accounts, world.commerce, world.mood
    sets = (c.phase == LIVE) & happens(rng, np.where(a.is_managed, 0.10, 0.01)) & (c.paid_since < month.start)
    account = np.flatnonzero(sets)
    set_at = month.start + (rng.random(len(account)) * (month.end - month.start)).astype(np.int64)
    owner = goals["account"]
    waiting = (goals["achieved_at"] == NEVER) & (c.phase[owner] == LIVE) & (goals["set_at"] < month.start)
    depth = world.adopted[owner].sum(axis=1) / 8
    chance = np.clip(0.13 * np.exp(0.5 * mood.feeling[owner]) * depth, 0, 0.6)
    reached = np.flatnonzero(waiting & happens(rng, chance))
    goals["achieved_at"][reached] = month.start + (
        rng.random(len(reached)) * (month.end - month.start)
    ).astype("i8")
    goals.append(
        account=account,
        set_at=set_at,
        due_at=set_at + rng.integers(3, 10, len(account)) * 30 * DAY,
        achieved_at=np.full(len(account), NEVER),
        title=rng.integers(0, len(GOAL_TITLES[0]), len(account)),
        size=rng.lognormal(0, 0.5, len(account)),
    )
