"""Trials, contracts, renewals, decisions to leave, and their day of effect."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, HOUR, NEVER, Month
from simulator.company import catalog as cat
from simulator.company.hazard import pressure, renewal_loss
from simulator.company.ledger import GENERATIONS, list_price
from simulator.company.world import (
    CHURNED,
    EXTERNAL_CAUSE,
    LATE,
    LIVE,
    OPEN,
    OUT,
    OWN_CAUSE,
    RENEWED,
    STOPPED,
    TRIAL,
    UNPAID_CAUSE,
    World,
)
from simulator.months import changes, opportunities, reasons
from simulator.months.billing import next_anniversary, rise_month
from simulator.randomness import Bools, Floats, Ints, happens, logistic


def step(world: World, month: Month) -> None:
    """One month of agreements. Beliefs are those of the month's opening."""
    rng = world.rng("commerce", month.index)
    busy = np.zeros(len(world.accounts), dtype=bool)
    _sign_up(world, month, rng, busy)
    _end_trials(world, month, rng, busy)
    _settle_invoices(world, month, rng, busy)
    _resume(world, month, busy)
    _decide(world, month, rng, busy)
    _renew(world, month, rng, busy)
    _leave(world, month, rng, busy)
    changes.step(world, month, busy)
    _win_back(world, month, rng)


def _sign_up(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
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
        price=list_price(a.plan[trial], a.currency[trial], a.interval[trial], _rise(world, month)),
    )
    begin_paid(world, month, rng, born[~a.has_trial[born]], a.created_at[born[~a.has_trial[born]]])


def _rise(world: World, month: Month) -> float:
    return world.config.model.price_rise if month.index >= rise_month(world) else 0.0


def begin_paid(world: World, month: Month, rng: np.random.Generator, accounts: Ints, at: Ints) -> None:
    """Accounts begin to pay: for the core plan, some for add-ons and the second product from the start."""
    a, c, ledger = world.accounts, world.commerce, world.ledger
    interval, currency, rise = a.interval[accounts], a.currency[accounts], _rise(world, month)
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
    _sign_contracts(world, rng, accounts[interval >= cat.FIRST_CONTRACT], at[interval >= cat.FIRST_CONTRACT])


def _sign_contracts(world: World, rng: np.random.Generator, accounts: Ints, at: Ints) -> None:
    c = world.commerce
    term = cat.INTERVAL_MONTHS[world.ledger.interval[accounts]]
    ends = world.timeline.anniversary(
        world.timeline.index_of(at) + term, c.anchor_day[accounts], c.anchor_second[accounts]
    )
    c.renewal_at[accounts] = ends
    c.decide_at[accounts] = ends - (rng.uniform(15, 75, len(accounts)) * DAY).astype(np.int64)
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


def _end_trials(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
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
    _shut(world, due[~converts], c.trial_end[due[~converts]], rng)


def _shut(world: World, accounts: Ints, at: Ints, rng: np.random.Generator) -> None:
    """The subscription ends: as an ended version, or as an open one that says canceled."""
    c = world.commerce
    says_so = rng.random(len(accounts)) < 0.4
    world.ledger.change_all(accounts[says_so], at[says_so], cat.CANCELED)
    world.ledger.close_all(accounts[~says_so], at[~says_so])
    c.phase[accounts] = OUT
    c.access_to[accounts] = np.minimum(c.access_to[accounts], at)
    c.renewal_at[accounts] = c.decide_at[accounts] = c.trial_end[accounts] = NEVER
    c.settle_at[accounts] = c.resume_at[accounts] = NEVER
    c.lost_at[accounts] = np.where(c.first_paid_at[accounts] < NEVER, at, NEVER)


def _settle_invoices(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
    c = world.commerce
    due = np.flatnonzero((c.phase == LATE) & (c.settle_at < month.end))
    busy[due] = True
    paid = due[c.pays[due]]
    world.ledger.change_all(paid, c.settle_at[paid], cat.ACTIVE)
    c.phase[paid] = LIVE
    unpaid = due[~c.pays[due]]
    c.cause[unpaid] = UNPAID_CAUSE
    _close_contracts(world, unpaid, c.settle_at[unpaid])
    _shut(world, unpaid, c.settle_at[unpaid], rng)
    c.settle_at[due] = NEVER


def _resume(world: World, month: Month, busy: Bools) -> None:
    c = world.commerce
    due = np.flatnonzero((c.phase == STOPPED) & (c.resume_at < month.end))
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


def leave_rate(world: World) -> Floats:
    """Monthly pressure to leave of every account, campaigns included, external causes not."""
    a, mood = world.accounts, world.mood
    features = world.adopted.sum(axis=1)
    return pressure(world.config.model, a.size, mood.belief, mood.budget, features) * world.campaign_ratio


def _decide(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
    a, c, model = world.accounts, world.commerce, world.config.model
    count = len(a)
    own, external = leave_rate(world), np.array(model.leave_external)[a.size]
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
    reasons.state(world, month, thinks, saved[thinks])

    settled = np.flatnonzero(at_renewal)
    c.renewal_decided[settled] = True
    contract = c.contract[settled]
    stays = ~c.leaving[settled]
    c.contracts["outcome"][contract] = np.where(stays, RENEWED, CHURNED)
    c.contracts["decided_at"][contract] = decided_at[settled]
    c.contracts["renewed_mrr"][contract] = np.where(stays, world.ledger.mrr(settled), -1)
    opportunities.offer_renewals(world, rng, settled, decided_at[settled], stays)


def _renew(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
    """Contracts run on: at the list price of the day, with the seats that are used by now."""
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
    _sign_contracts(world, rng, due, at)


def _close_contracts(world: World, accounts: Ints, at: Ints) -> None:
    c = world.commerce
    has = world.ledger.interval[accounts] >= cat.FIRST_CONTRACT
    contract = c.contract[accounts[has]]
    c.contracts["outcome"][contract] = CHURNED
    c.contracts["decided_at"][contract] = at[has]
    c.contracts["renewed_mrr"][contract] = -1


def _leave(world: World, month: Month, rng: np.random.Generator, busy: Bools) -> None:
    c = world.commerce
    due = np.flatnonzero(c.leaving & (c.phase == LIVE) & (c.end_at < month.end))
    busy[due] = True
    _shut(world, due, c.end_at[due], rng)
    c.leaving[due] = False


def _win_back(world: World, month: Month, rng: np.random.Generator) -> None:
    """Some who left come back within a year, to a new subscription."""
    a, c, model = world.accounts, world.commerce, world.config.model
    chance = np.full(len(a), model.return_rate)
    known = (c.phase == OUT) & (c.lost_at < month.start - 30 * DAY) & (c.lost_at > month.start - 365 * DAY)
    known &= (c.cause != EXTERNAL_CAUSE) & (world.ledger.generation < GENERATIONS - 1)
    back = np.flatnonzero(known & happens(rng, chance))
    # A line that still says canceled ends when the next one begins.
    at = month.start + (rng.random(len(back)) * (month.end - month.start - DAY)).astype(np.int64) + HOUR
    world.ledger.close_all(back, at)
    world.ledger.generation[back] += 1
    c.wanted[back] = a.seats[back]
    begin_paid(world, month, rng, back, at)
    c.grant(back, at)
    c.coupon_month[back] = -9
    world.mood.feeling[back] = world.mood.feeling_before[back] = 0.2
    world.mood.belief[back] = 0.3
