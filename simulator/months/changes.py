"""Changes of running subscriptions: coupons, prices, seats, plans, add-ons."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, HOUR, Month
from simulator.company import catalog as cat
from simulator.company.commerce import LIVE
from simulator.company.ledger import list_price
from simulator.company.world import World
from simulator.months import opportunities, payments
from simulator.months.billing import next_anniversary, rise_month
from simulator.randomness import Bools, Floats, Ints


def step(world: World, month: Month, busy: Bools) -> None:
    """One month. An account changes once at most; `busy` accounts have changed already."""
    rng = world.rng("changes", month.index)
    c = world.commerce
    _want_seats(world, rng)
    free = (c.phase == LIVE) & ~busy & ~c.leaving & (c.paid_since < month.start)
    # Office hours of a day that is not the month's last.
    days = (month.end - month.start) // DAY - 1
    at = month.start + (rng.random(len(free)) * days).astype(np.int64) * DAY
    at += (rng.uniform(8, 18, len(free)) * HOUR).astype(np.int64)

    free &= ~_end_coupons(world, month, free)
    free &= ~_raise_prices(world, month, free)
    free &= ~payments.pay_late(world, month, rng, free, at)
    free &= ~payments.pause(world, month, rng, free, at)
    free &= ~_change_seats(world, rng, free, at)
    free &= ~_change_plan(world, rng, free, at)
    _change_extras(world, rng, free, at)
    opportunities.add_lost(world, month)


def _want_seats(world: World, rng: np.random.Generator) -> None:
    """Wanted seats drift with size, need and belief."""
    a, c, model = world.accounts, world.commerce, world.config.model
    drift = (
        np.array(model.seat_growth)[a.size]
        + model.seat_need * a.need
        + model.seat_mood * world.mood.belief
        + model.seat_noise * rng.normal(size=len(a))
    )
    c.wanted *= np.where(c.phase == LIVE, np.exp(drift), 1.0)


def _end_coupons(world: World, month: Month, free: Bools) -> Bools:
    months = world.commerce.coupon_month
    chosen = free & (months >= 0) & (months <= month.index)
    accounts = np.flatnonzero(chosen)
    months[accounts] = -9
    at = next_anniversary(world, accounts, np.full(len(accounts), month.start))
    world.ledger.change(accounts, cat.SLOT_CORE, at, discount=0)
    return chosen


def _raise_prices(world: World, month: Month, free: Bools) -> Bools:
    """Monthly and quarterly customers pay the new list price from their next billing day on."""
    a, c, ledger, model = world.accounts, world.commerce, world.ledger, world.config.model
    chosen = (
        free
        & ~c.price_raised
        & (ledger.interval < cat.FIRST_CONTRACT)
        & (month.index >= rise_month(world) + 2)
    )
    accounts = np.flatnonzero(chosen)
    at = next_anniversary(world, accounts, np.full(len(accounts), month.start))
    due = at < month.end
    accounts, at = accounts[due], at[due]
    for slot in range(4):
        plan = ledger.now.plan[accounts, slot]
        price = list_price(plan, a.currency[accounts], ledger.interval[accounts], model.price_rise)
        ledger.change(accounts, slot, at, price=price)
    c.price_raised[accounts] = True
    world.mood.grudge[accounts] += model.price_grudge
    chosen[:] = False
    chosen[accounts] = True
    return chosen


def _change_seats(world: World, rng: np.random.Generator, free: Bools, at: Ints) -> Bools:
    """Seats follow wanted seats once the gap is large enough; contracts shrink at renewal only."""
    c, ledger = world.commerce, world.ledger
    seats = ledger.now.quantity[:, cat.SLOT_CORE]
    wanted = np.maximum(np.round(c.wanted), 1).astype(np.int64)
    can_pay = np.clip(0.45 + 0.12 * world.mood.budget, 0.1, 0.8)
    coin = rng.random(len(free))
    grows = (c.wanted > 1.08 * seats + 0.5) & (wanted > seats) & (coin < can_pay)
    shrinks = (c.wanted < 0.88 * seats - 0.5) & (wanted < seats) & (coin < 0.3)
    shrinks &= ledger.interval < cat.FIRST_CONTRACT
    chosen = free & (grows | shrinks)
    accounts = np.flatnonzero(chosen)
    before = ledger.mrr(accounts)
    ledger.change(accounts, cat.SLOT_CORE, at[accounts], quantity=wanted[accounts])
    opportunities.record_growth(
        world,
        rng,
        accounts,
        at[accounts],
        gain=ledger.mrr(accounts) - before,
        kind=opportunities.UPSELL,
        product=0,
    )
    return chosen


def _appetite(world: World) -> Floats:
    """Factor on the chances of buying more: 1 for an ordinary account."""
    mood = world.config.model.growth_mood * world.mood.belief + 0.3 * world.accounts.need
    return np.minimum(np.exp(mood + 0.2 * world.mood.budget), 8.0)


def _change_plan(world: World, rng: np.random.Generator, free: Bools, at: Ints) -> Bools:
    """The next higher or lower core plan, or the higher plan of the second product."""
    a, c, ledger, model = world.accounts, world.commerce, world.ledger, world.config.model
    plan = ledger.now.plan[:, cat.SLOT_CORE]
    coin = rng.random(len(free))
    up = free & (plan < cat.CORE_TOP) & (coin < model.upgrade_rate * _appetite(world))
    down_chance = model.downgrade_rate * np.exp(-0.6 * world.mood.belief - 0.4 * world.mood.budget)
    down = free & ~up & (plan > 0) & (coin > 1 - np.minimum(down_chance, 0.5))
    down &= ledger.interval < cat.FIRST_CONTRACT
    second = free & ~up & ~down & (ledger.now.status[:, cat.SLOT_INSIGHTS] == cat.ACTIVE)
    second &= ledger.now.plan[:, cat.SLOT_INSIGHTS] == cat.INSIGHTS_BASIC
    second &= rng.random(len(free)) < 2 * model.upgrade_rate * _appetite(world)
    for chosen, slot, change in (
        (up | down, cat.SLOT_CORE, np.where(up, 1, -1)),
        (second, cat.SLOT_INSIGHTS, 1),
    ):
        accounts = np.flatnonzero(chosen)
        before = ledger.mrr(accounts)
        new_plan = ledger.now.plan[accounts, slot] + (
            change[accounts] if isinstance(change, np.ndarray) else change
        )
        price = list_price(
            new_plan,
            a.currency[accounts],
            ledger.interval[accounts],
            np.where(c.price_raised[accounts], model.price_rise, 0.0),
        )
        ledger.change(accounts, slot, at[accounts], plan=new_plan, price=price)
        product = int(slot == cat.SLOT_INSIGHTS)
        opportunities.record_growth(
            world,
            rng,
            accounts,
            at[accounts],
            gain=ledger.mrr(accounts) - before,
            kind=opportunities.UPSELL,
            product=product,
        )
    return up | down | second


def _change_extras(world: World, rng: np.random.Generator, free: Bools, at: Ints) -> None:
    """Accounts buy add-ons and the second product, and sometimes drop them."""
    a, c, ledger, model = world.accounts, world.commerce, world.ledger, world.config.model
    seats = ledger.now.quantity[:, cat.SLOT_CORE]
    size_factor = np.array([0.25, 1.0, 2.0])[a.size]
    extras = (
        (cat.SLOT_SSO, cat.PLAN_SSO, model.addon_rate * size_factor, np.ones(len(a), dtype=np.int64)),
        (cat.SLOT_API, cat.PLAN_API, model.addon_rate * size_factor, 1 + seats // 40),
        (
            cat.SLOT_INSIGHTS,
            cat.INSIGHTS_BASIC,
            model.cross_sell_rate * world.cross_sell_ratio,
            np.maximum(seats // 3, 1),
        ),
    )
    for slot, plan, rate, quantity in extras:
        has = ledger.now.status[:, slot] == cat.ACTIVE
        coin = rng.random(len(free))
        buys = np.flatnonzero(free & ~has & (coin < rate * _appetite(world)))
        before = ledger.mrr(buys)
        plans = np.full(len(buys), plan)
        price = list_price(
            plans,
            a.currency[buys],
            ledger.interval[buys],
            np.where(c.price_raised[buys], model.price_rise, 0.0),
        )
        ledger.open(buys, slot, at[buys], plan=plans, quantity=quantity[buys], price=price)
        gain = ledger.mrr(buys) - before
        product = int(slot == cat.SLOT_INSIGHTS)
        opportunities.record_growth(
            world, rng, buys, at[buys], gain=gain, kind=opportunities.CROSS_SELL, product=product
        )
        drops = (
            has
            & (coin > 1 - 0.003 * np.exp(-0.5 * world.mood.belief))
            & (ledger.interval < cat.FIRST_CONTRACT)
        )
        gone = np.flatnonzero(free & drops)
        world.ledger.close(gone, slot, at[gone])
