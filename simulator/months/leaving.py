"""Accounts decide to leave, and their subscriptions end."""

from __future__ import annotations

import numpy as np

from simulator.clock import NEVER, Month
from simulator.company import catalog as cat
from simulator.company.commerce import (
    CHURNED,
    EXTERNAL_CAUSE,
    LIVE,
    OUT,
    OWN_CAUSE,
    RENEWED,
)
from simulator.company.hazard import leave_rate, renewal_loss
from simulator.company.world import World
from simulator.months import opportunities, reasons
from simulator.months.billing import next_anniversary
from simulator.randomness import Bools, Ints, happens


def decide(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
    a, c, model = world.accounts, world.commerce, world.config.model
    count = len(a)
    own, external = leave_rate(world, month.start), np.array(model.leave_external)[a.size]
    rate = own + external
    flexible = world.ledger.interval < cat.FIRST_CONTRACT
    free = (c.phase == LIVE) & ~busy & ~c.leaving
    at_renewal = free & ~flexible & ~c.renewal_decided & (c.decide_at < month.end)
    chance = np.where(flexible, 1 - np.exp(-rate), renewal_loss(model, rate, world.ledger.interval))
    goes = happens(rng, chance) & ((free & flexible) | at_renewal)
    saved = happens(rng, np.full(count, model.saved_share))
    is_external = happens(rng, external / rate)
    when = month.start + (rng.random(count) * (month.end - month.start)).astype(np.int64)
    decided_at = np.where(flexible, when, np.maximum(c.decide_at, month.start))

    thinks = np.flatnonzero(goes)
    c.decided_at[thinks] = decided_at[thinks]
    c.cause[thinks] = np.where(is_external[thinks], EXTERNAL_CAUSE, OWN_CAUSE)
    leaves = thinks[~saved[thinks]]
    c.leaving[leaves] = True
    c.end_at[leaves] = np.where(
        flexible[leaves], next_anniversary(world, leaves, decided_at[leaves]), c.renewal_at[leaves]
    )
    reasons.state_reasons(world, month, thinks, saved[thinks])

    settled = np.flatnonzero(at_renewal)
    c.renewal_decided[settled] = True
    contract = c.contract[settled]
    stays = ~c.leaving[settled]
    c.contracts["outcome"][contract] = np.where(stays, RENEWED, CHURNED)
    c.contracts["decided_at"][contract] = decided_at[settled]
    c.contracts["renewed_mrr"][contract] = np.where(stays, world.ledger.mrr(settled), -1)
    opportunities.offer_renewals(world, rng, settled, decided_at[settled], stays)


def leave(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
    c = world.commerce
    due = np.flatnonzero(c.leaving & (c.phase == LIVE) & (c.end_at < month.end))
    busy[due] = True
    end_subscriptions(world, due, c.end_at[due], rng)
    c.leaving[due] = False


def end_subscriptions(world: World, accounts: Ints, at: Ints, rng: np.random.Generator) -> None:
    """Subscriptions end: by an ended version, or by an open one with status canceled."""
    c = world.commerce
    says_so = rng.random(len(accounts)) < 0.4
    world.ledger.change_all(accounts[says_so], at[says_so], cat.CANCELED)
    world.ledger.close_all(accounts[~says_so], at[~says_so])
    c.phase[accounts] = OUT
    c.access_to[accounts] = np.minimum(c.access_to[accounts], at)
    c.renewal_at[accounts] = c.decide_at[accounts] = c.trial_end[accounts] = NEVER
    c.settle_at[accounts] = c.resume_at[accounts] = NEVER
    c.lost_at[accounts] = np.where(c.first_paid_at[accounts] < NEVER, at, NEVER)
