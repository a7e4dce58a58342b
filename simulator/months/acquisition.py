"""How customers are won: leads, won and lost, what the channels cost, and the exchange rates."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER, Month
from simulator.company import catalog as cat
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Fixed, Ids, Times, Words
from simulator.randomness import Ints

_LOST_PER_WON = 4.0
RATE_SCALE = 6  # decimals of an exchange rate
_RATE_DAYS_BEFORE = 40


def write_leads(world: World, month: Month, next_lead: int) -> int:
    """Leads behind the month's sales-led sign-ups, and those that led nowhere. Returns the next number."""
    rng = world.rng("leads", month.index)
    a = world.accounts
    born = np.arange(a.born_by(month.index - 1), a.born_by(month.index))
    won = born[a.is_sales_led[born] & ~a.is_test[born]]
    lost = int(rng.poisson(_LOST_PER_WON * max(len(won), 1)))
    account = np.concatenate([won, np.full(lost, -1)])
    count = len(account)
    is_won = account >= 0
    won_at = np.where(is_won, a.created_at[np.maximum(account, 0)], NEVER)
    somewhere = month.start + (rng.random(count) * (month.end - month.start)).astype(np.int64)
    steps = (rng.gamma(2.0, (7.0, 9.0, 8.0), (count, 3)) * DAY).astype(
        np.int64
    ) + 600  # to qualified, opportunity, won
    created = np.where(is_won, won_at - steps.sum(axis=1), somewhere)
    qualified, opportunity = created + steps[:, 0], created + steps[:, 0] + steps[:, 1]
    reaches = rng.random((2, count))
    qualified = np.where(is_won | (reaches[0] < 0.45), qualified, NEVER)
    opportunity = np.where(is_won | ((qualified < NEVER) & (reaches[1] < 0.4)), opportunity, NEVER)
    handed_over = np.where(is_won, won_at + rng.integers(1, 5 * DAY, count), NEVER)
    end = world.timeline.end
    columns: dict[str, Column] = {
        "lead_id": Ids("L", next_lead + np.arange(count)),
        "account_id": Ids("A", account),
        "created_at": Times(created),
        "qualified_at": Times(np.where(qualified < end, qualified, NEVER)),
        "opportunity_at": Times(np.where(opportunity < end, opportunity, NEVER)),
        "won_at": Times(won_at),
        "handed_over_at": Times(np.where(handed_over < end, handed_over, NEVER)),
        "sales_owner_id": Ids("M", world.staff.sellers[rng.integers(0, len(world.staff.sellers), count)], 4),
    }
    world.raw.write("leads", columns)
    return next_lead + count


def write_costs(world: World) -> None:
    """Cost by month and channel: per sign-up, with the noise of budgets."""
    rng = world.rng("costs")
    a = world.accounts
    months = world.config.months
    signups = np.zeros((months, len(cat.CHANNELS)))
    np.add.at(signups, (a.birth_month, a.channel), 1)
    each = np.array([channel.cost for channel in cat.CHANNELS])
    cost = (0.5 * signups + 0.5 * signups.mean(axis=0)) * each * np.exp(rng.normal(0, 0.15, signups.shape))
    month, channel = (index.ravel() for index in np.indices(signups.shape))
    columns: dict[str, Column] = {
        "month": Dates(world.timeline.starts[month]),
        "channel": Words(channel, [c.name for c in cat.CHANNELS]),
        "cost": Fixed(np.round(cost.ravel()).astype(np.int64), 0),
        "currency": Words(np.array([c.currency for c in cat.CHANNELS])[channel], cat.CURRENCIES),
    }
    world.raw.write("acquisition_costs", columns)


def exchange_rates(world: World) -> tuple[Ints, Ints]:
    """Business days (seconds) and rates to USD in millionths (days x currencies), around an anchor."""
    rng = world.rng("rates")
    first = int(world.timeline.starts[0]) - _RATE_DAYS_BEFORE * DAY
    days = np.arange(first, world.timeline.end, DAY)
    days = days[((days // DAY + 3) % 7) < 5]  # 1970-01-01 was a Thursday
    shocks = rng.normal(0, 1, (len(days), 2)) * np.array([0.0045, 0.0055])
    level = np.zeros(2)
    path = np.empty_like(shocks)
    for k, shock in enumerate(shocks):
        level = 0.996 * level + shock
        path[k] = level
    rates = np.round(np.array([1.09, 0.0071]) * np.exp(path) * 10**RATE_SCALE).astype(np.int64)
    return days, np.column_stack([np.full(len(days), 10**RATE_SCALE), rates])


def write_rates(world: World, days: Ints, rates: Ints) -> None:
    """The rates of EUR and JPY on business days."""
    row, currency = (index.ravel() for index in np.indices((len(days), 2)))
    columns: dict[str, Column] = {
        "rate_date": Dates(days[row]),
        "currency": Words(currency + 1, cat.CURRENCIES),
        "rate_to_reporting": Fixed(rates[row, currency + 1], RATE_SCALE),
    }
    world.raw.write("fx_rates", columns)
