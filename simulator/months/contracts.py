"""Contracts are signed, renewed and closed."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER, Month
from simulator.company import catalog as cat
from simulator.company.commerce import (
    CHURNED,
    LIVE,
    OPEN,
    RENEWED,
)
from simulator.company.ledger import list_price
from simulator.company.world import World
from simulator.months.billing import rise_month
from simulator.randomness import Bools, Ints


def sign_contracts(world: World, rng: np.random.Generator, accounts: Ints, at: Ints) -> None:
    c = world.commerce
    term = cat.INTERVAL_MONTHS[world.ledger.interval[accounts]]
    ends = world.timeline.anniversary(
        world.timeline.index_of(at) + term, c.anchor_day[accounts], c.anchor_second[accounts]
    )
    c.renewal_at[accounts] = ends
    # Who has to give notice earlier decides earlier; some decide too late for it.
    earlier = 0.7 * np.array(world.config.model.notice_days)[world.accounts.size[accounts]]
    c.decide_at[accounts] = ends - ((rng.uniform(15, 75, len(accounts)) + earlier) * DAY).astype(np.int64)
    c.renewal_decided[accounts] = False
    c.invoiced_month[accounts] = world.timeline.index_of(at)
    c.contract[accounts] = c.contracts.append(
        account=accounts,
        started_at=at,
        ends_at=ends,
        mrr=world.ledger.mrr(accounts),
        outcome=np.full(len(accounts), OPEN),
        decided_at=NEVER,
        renewed_mrr=-1,
        auto_renews=rng.random(len(accounts)) < 0.6,
    )


def renew(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
    """Contracts that are due renew at the list price of the day, with the seats wanted now."""
    a, c, ledger, model = world.accounts, world.commerce, world.ledger, world.config.model
    due = np.flatnonzero((c.phase == LIVE) & ~c.leaving & (c.renewal_at < month.end))
    busy[due] = True
    at = c.renewal_at[due]
    rises = ~c.price_raised[due] & (month.index >= rise_month(world))
    wanted = np.maximum(np.round(c.wanted[due]), 1).astype(np.int64)
    seats = ledger.now.quantity[due, cat.SLOT_CORE]
    shrinks = (wanted < 0.93 * seats) & (rng.random(len(due)) < 0.75)
    grows = (wanted > 1.04 * seats) & (rng.random(len(due)) < 0.6)
    seats = np.where(shrinks | grows, wanted, seats)
    haggles = (ledger.now.discount[due, cat.SLOT_CORE] > 0) & (rng.random(len(due)) < 0.3)
    plan = ledger.now.plan[due, cat.SLOT_CORE]
    price = ledger.now.price[due, cat.SLOT_CORE]
    discount = ledger.now.discount[due, cat.SLOT_CORE]
    new_price = np.where(
        rises, list_price(plan, a.currency[due], ledger.interval[due], model.price_rise), price
    )
    changed = (seats != ledger.now.quantity[due, cat.SLOT_CORE]) | haggles | rises
    ledger.change(
        due[changed],
        cat.SLOT_CORE,
        at[changed],
        quantity=seats[changed],
        price=new_price[changed],
        discount=np.where(haggles, discount // 2, discount)[changed],
    )
    for slot in (cat.SLOT_SSO, cat.SLOT_API, cat.SLOT_INSIGHTS):
        these = due[rises]
        raised = list_price(
            ledger.now.plan[these, slot], a.currency[these], ledger.interval[these], model.price_rise
        )
        ledger.change(these, slot, at[rises], price=raised)
    c.price_raised[due[rises]] = True
    world.mood.grudge[due[rises]] += model.price_grudge
    contract = c.contract[due]
    c.contracts["outcome"][contract] = RENEWED
    c.contracts["decided_at"][contract] = np.minimum(c.contracts["decided_at"][contract], at)
    c.contracts["renewed_mrr"][contract] = ledger.mrr(due)
    sign_contracts(world, rng, due, at)


def close_contracts(world: World, accounts: Ints, at: Ints) -> None:
    c = world.commerce
    has = world.ledger.interval[accounts] >= cat.FIRST_CONTRACT
    contract = c.contract[accounts[has]]
    c.contracts["outcome"][contract] = CHURNED
    c.contracts["decided_at"][contract] = at[has]
    c.contracts["renewed_mrr"][contract] = -1
