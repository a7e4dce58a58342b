"""Invoices are paid late or never, and subscriptions pause."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER, Month
from simulator.company import catalog as cat
from simulator.company.commerce import (
    LATE,
    LIVE,
    ON_PAUSE,
    OUT,
    UNPAID_CAUSE,
)
from simulator.company.world import World
from simulator.months.contracts import close_contracts
from simulator.months.leaving import end_subscriptions
from simulator.randomness import Bools, Ints, happens


def pay_late(world: World, month: Month, rng: np.random.Generator, free: Bools, at: Ints) -> Bools:
    """Invoices are paid late, mostly by days, sometimes never. Contracts are invoiced at their start."""
    c, model = world.commerce, world.config.model
    invoiced = (world.ledger.interval < cat.FIRST_CONTRACT) | (month.index - c.invoiced_month == 1)
    chance = model.late_rate * np.exp(-model.late_budget * world.mood.budget)
    chance *= np.where(world.ledger.interval < cat.FIRST_CONTRACT, 1.0, 3.0)
    chosen = free & invoiced & happens(rng, np.minimum(chance, 0.5))
    accounts = np.flatnonzero(chosen)
    pays = rng.random(len(accounts)) >= model.late_never_paid
    days = np.where(
        pays, np.minimum(2 + rng.exponential(11.0, len(accounts)), 50), rng.uniform(45, 60, len(accounts))
    )
    world.ledger.change_all(accounts, at[accounts], cat.PAST_DUE)
    c.phase[accounts] = LATE
    c.pays[accounts] = pays
    c.settle_at[accounts] = at[accounts] + (days * DAY).astype(np.int64)
    _settle_in_month(world, month, accounts)
    return chosen


def _settle_in_month(world: World, month: Month, accounts: Ints) -> None:
    """Late invoices that are paid before the month ends."""
    c = world.commerce
    paid = accounts[c.pays[accounts] & (c.settle_at[accounts] < month.end)]
    world.ledger.change_all(paid, c.settle_at[paid], cat.ACTIVE)
    c.phase[paid] = LIVE


def settle_invoices(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
    c = world.commerce
    due = np.flatnonzero((c.phase == LATE) & (c.settle_at < month.end))
    busy[due] = True
    paid = due[c.pays[due]]
    world.ledger.change_all(paid, c.settle_at[paid], cat.ACTIVE)
    c.phase[paid] = LIVE
    unpaid = due[~c.pays[due]]
    c.cause[unpaid] = UNPAID_CAUSE
    close_contracts(world, unpaid, c.settle_at[unpaid])
    end_subscriptions(world, unpaid, c.settle_at[unpaid], rng)
    c.settle_at[due] = NEVER


def pause(world: World, month: Month, rng: np.random.Generator, free: Bools, at: Ints) -> Bools:
    """Monthly customers pause: schools most in July and August."""
    a, c = world.accounts, world.commerce
    chance = np.full(len(free), world.config.model.pause_rate)
    if month.first.month in (7, 8):
        chance *= np.where(a.industry == cat.INDUSTRIES.index("education"), 8.0, 1.0)
    chosen = free & (world.ledger.interval == 0) & happens(rng, chance)
    accounts = np.flatnonzero(chosen)
    world.ledger.change_all(accounts, at[accounts], cat.PAUSED)
    c.phase[accounts] = ON_PAUSE
    c.returns[accounts] = rng.random(len(accounts)) < 0.7
    c.resume_at[accounts] = at[accounts] + (rng.uniform(31, 90, len(accounts)) * DAY).astype(np.int64)
    c.access_to[accounts] = at[accounts]
    return chosen


def resume(world: World, month: Month, busy: Bools) -> None:
    c = world.commerce
    due = np.flatnonzero((c.phase == ON_PAUSE) & (c.resume_at < month.end))
    busy[due] = True
    back = due[c.returns[due]]
    world.ledger.change_all(back, c.resume_at[back], cat.ACTIVE)
    c.phase[back] = LIVE
    c.grant(back, c.resume_at[back])
    gone = due[~c.returns[due]]
    world.ledger.close_all(gone, c.resume_at[gone])
    c.phase[gone] = OUT
    c.lost_at[gone] = c.resume_at[gone]
    c.resume_at[due] = NEVER
