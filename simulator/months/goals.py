"""Results that customers want to reach, and do where they use the product and like it."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER, Month
from simulator.company.catalog import CURRENCIES
from simulator.company.growing_table import Rows
from simulator.company.texts import GOAL_TITLES
from simulator.company.world import LIVE, World
from simulator.files.columns import Column, Fixed, Ids, Times, Words
from simulator.randomness import happens


def no_goals() -> Rows:
    """Before the first goal."""
    return Rows(account="i4", set_at="i8", due_at="i8", achieved_at="i8", title="i1", size="f4")


def step(world: World, month: Month, goals: Rows) -> None:
    """One month: new goals after onboarding, some old ones reached."""
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


def write(world: World, goals: Rows) -> None:
    """The table of goals; values and costs in the account's currency."""
    rng = world.rng("goals written")
    account = goals["account"].astype(np.int64)
    achieved = goals["achieved_at"] < NEVER
    language = world.accounts.is_japanese[account].astype(np.int64)
    baseline = rng.integers(10, 100, len(account)) * 100
    target = (baseline * rng.uniform(0.5, 0.8, len(account))).astype(np.int64)
    value = (goals["size"] * world.accounts.seats[account] * 900).astype(np.int64)
    unit = np.array([1, 1, 150])[world.accounts.currency[account]]
    columns: dict[str, Column] = {
        "goal_id": Ids("G", np.arange(len(account))),
        "account_id": Ids("A", account),
        "title": Words(language * len(GOAL_TITLES[0]) + goals["title"], GOAL_TITLES[0] + GOAL_TITLES[1]),
        "baseline_value": Fixed(baseline, 2),
        "target_value": Fixed(target, 2),
        "achieved_value": Fixed(
            (target * rng.uniform(0.85, 1.0, len(account))).astype(np.int64), 2, achieved
        ),
        "set_at": Times(goals["set_at"]),
        "due_at": Times(goals["due_at"]),
        "achieved_at": Times(goals["achieved_at"]),
        "value_amount": Fixed(value * unit, 0),
        "cost_amount": Fixed(
            (value * unit * rng.uniform(0.2, 0.7, len(account))).astype(np.int64),
            0,
            rng.random(len(account)) < 0.6,
        ),
        "currency": Words(world.accounts.currency[account], CURRENCIES),
    }
    world.raw.write("customer_goals", columns)
