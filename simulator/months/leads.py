"""Leads: the won ones behind sales-led sign-ups, and lost ones."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER, Month
from simulator.company import catalog as cat
from simulator.company.world import World
from simulator.files.columns import Column, Ids, Texts, Times
from simulator.randomness import Ints, happens, pick


def write_leads(world: World, month: Month, next_lead: int) -> int:
    """Leads behind the month's sales-led sign-ups, and lost ones. Returns the next lead's number."""
    rng = world.rng("leads", month.index)
    a = world.accounts
    born = np.arange(a.born_by(month.index - 1), a.born_by(month.index))
    won = born[a.is_sales_led[born] & ~a.is_test[born]]
    lost = int(rng.poisson(world.config.model.leads_lost * max(len(won), 1)))
    account = np.concatenate([won, np.full(lost, -1)])
    count = len(account)
    is_won = account >= 0
    won_at = np.where(is_won, a.created_at[np.maximum(account, 0)], NEVER)
    somewhere = month.start + (rng.random(count) * (month.end - month.start)).astype(np.int64)
    # From created to qualified, to opportunity, to won.
    steps = (rng.gamma(2.0, (7.0, 9.0, 8.0), (count, 3)) * DAY).astype(np.int64) + 600
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
    if world.config.model.leads_with_channel:
        columns["channel"] = _channels(world, month, account)
    world.raw.write("leads", columns)
    return next_lead + count


def _channels(world: World, month: Month, account: Ints) -> Texts:
    """Where leads came from, a won one as its account (-1: none); not every lead says it."""
    rng = world.rng("lead_channels", month.index)
    lost = pick(rng, [channel.share for channel in cat.CHANNELS], len(account))
    says = happens(rng, np.full(len(account), world.config.model.leads_with_channel))
    channel = np.where(account >= 0, world.accounts.channel[np.maximum(account, 0)], lost)
    return Texts(np.where(says, channel, -1), [channel.name for channel in cat.CHANNELS])
