"""Accounts sign up, end their trial, begin to pay, and some come back after they left."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, HOUR, NEVER, Month
from simulator.company import catalog as cat
from simulator.company.commerce import (
    EXTERNAL_CAUSE,
    LIVE,
    OUT,
    TRIAL,
)
from simulator.company.ledger import GENERATIONS, list_price
from simulator.company.world import World
from simulator.months.billing import price_rise
from simulator.months.contracts import sign_contracts
from simulator.months.leaving import end_subscriptions
from simulator.randomness import Bools, Ints, happens, logistic


def sign_up(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
    a, c = world.accounts, world.commerce
    born = np.arange(a.born_by(month.index - 1), a.born_by(month.index))
    busy[born] = True
    c.wanted[born] = a.seats[born]
    c.grant(born, a.created_at[born])
    world.mood.has_champion[born] = a.champion[born] > -0.3
    trial = born[a.has_trial[born]]
    c.phase[trial] = TRIAL
    c.trial_end[trial] = a.created_at[trial] + np.where(a.size[trial] == cat.SMB, 14, 30) * DAY
    world.ledger.open(
        trial,
        cat.SLOT_CORE,
        a.created_at[trial],
        status=cat.TRIALING,
        plan=a.plan[trial],
        quantity=a.seats[trial],
        price=list_price(a.plan[trial], a.currency[trial], a.interval[trial], price_rise(world, month)),
    )
    begin_paid(world, month, rng, born[~a.has_trial[born]], a.created_at[born[~a.has_trial[born]]])


def end_trials(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
    a, c, model = world.accounts, world.commerce, world.config.model
    due = np.flatnonzero((c.phase == TRIAL) & (c.trial_end < month.end))
    busy[due] = True
    steps = (a.step_at[due] <= c.trial_end[due, None]).mean(axis=1)
    odds = (
        model.trial_intercept
        + model.trial_fit * a.fit[due]
        + model.trial_need * a.need[due]
        + model.trial_steps * (steps - 0.5)
        + model.trial_sales_led * a.is_sales_led[due]
    )
    converts = happens(rng, logistic(odds))
    begin_paid(world, month, rng, due[converts], c.trial_end[due[converts]])
    end_subscriptions(world, due[~converts], c.trial_end[due[~converts]], rng)


def begin_paid(world: World, month: Month, rng: np.random.Generator, accounts: Ints, at: Ints) -> None:
    """Accounts start to pay for the core plan, some also for add-ons and the second product."""
    a, c, ledger = world.accounts, world.commerce, world.ledger
    interval, currency, rise = a.interval[accounts], a.currency[accounts], price_rise(world, month)
    price = list_price(a.plan[accounts], currency, interval, rise)
    in_trial = c.phase[accounts] == TRIAL
    converted, at_once = accounts[in_trial], accounts[~in_trial]
    ledger.change(
        converted,
        cat.SLOT_CORE,
        at[in_trial],
        status=cat.ACTIVE,
        price=price[in_trial],
        discount=a.discount[converted],
    )
    ledger.open(
        at_once,
        cat.SLOT_CORE,
        at[~in_trial],
        plan=a.plan[at_once],
        quantity=a.seats[at_once],
        price=price[~in_trial],
        discount=a.discount[at_once],
    )
    extras = (
        (cat.SLOT_SSO, cat.PLAN_SSO, a.has_sso, np.ones(len(a), dtype=np.int64)),
        (cat.SLOT_INSIGHTS, cat.INSIGHTS_BASIC, a.has_insights, np.maximum(a.seats // 3, 1)),
    )
    for slot, plan, has, quantity in extras:
        chosen = has[accounts]
        these = accounts[chosen]
        plans = np.full(len(these), plan)
        extra_price = list_price(plans, currency[chosen], interval[chosen], rise)
        ledger.open(these, slot, at[chosen], plan=plans, quantity=quantity[these], price=extra_price)

    c.phase[accounts] = LIVE
    c.first_paid_at[accounts] = np.minimum(c.first_paid_at[accounts], at)
    c.paid_since[accounts] = at
    start_of_month = world.timeline.starts[world.timeline.index_of(at)]
    c.anchor_day[accounts] = np.minimum((at - start_of_month) // DAY + 1, 28)
    c.anchor_second[accounts] = at % DAY
    c.price_raised[accounts] = rise > 0
    c.leaving[accounts] = False
    c.end_at[accounts] = NEVER
    months = a.coupon_months[accounts]
    c.coupon_month[accounts] = np.where(months > 0, month.index + months, -9)
    sign_contracts(world, rng, accounts[interval >= cat.FIRST_CONTRACT], at[interval >= cat.FIRST_CONTRACT])


def win_back(world: World, month: Month, rng: np.random.Generator) -> None:
    """Some lost accounts return within a year, with a new subscription."""
    a, c, model = world.accounts, world.commerce, world.config.model
    chance = np.full(len(a), model.return_rate)
    known = (c.phase == OUT) & (c.lost_at < month.start - 30 * DAY) & (c.lost_at > month.start - 365 * DAY)
    known &= (c.cause != EXTERNAL_CAUSE) & (world.ledger.generation < GENERATIONS - 1)
    back = np.flatnonzero(known & happens(rng, chance))
    # An item with status canceled ends when the new subscription starts.
    at = month.start + (rng.random(len(back)) * (month.end - month.start - DAY)).astype(np.int64) + HOUR
    world.ledger.close_all(back, at)
    world.ledger.generation[back] += 1
    c.wanted[back] = a.seats[back]
    begin_paid(world, month, rng, back, at)
    c.grant(back, at)
    c.coupon_month[back] = -9
    world.mood.feeling[back] = world.mood.feeling_before[back] = 0.2
    world.mood.belief[back] = 0.3
