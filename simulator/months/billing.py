"""Billing days and the price rise."""

from __future__ import annotations

from simulator.clock import Month
from simulator.company import catalog as cat
from simulator.company.world import World
from simulator.randomness import Ints

_RISE_AT = 0.45  # as a share of the period


def rise_month(world: World) -> int:
    """The month from which new customers pay the higher list price.

    Monthly and quarterly customers follow two months later, contracts at their renewal.
    """
    return round(_RISE_AT * world.config.months)


def next_anniversary(world: World, accounts: Ints, after: Ints) -> Ints:
    """The accounts' first end of a billing period later than `after`."""
    timeline, commerce = world.timeline, world.commerce
    day, second = commerce.anchor_day[accounts], commerce.anchor_second[accounts]
    month = timeline.index_of(after)
    month += timeline.anniversary(month, day, second) <= after
    period = cat.INTERVAL_MONTHS[world.ledger.interval[accounts]]
    begun = timeline.index_of(commerce.paid_since[accounts])
    return timeline.anniversary(month + (begun - month) % period, day, second)


def price_rise(world: World, month: Month) -> float:
    """The rise in force for new customers and renewals: 0.07 = 7 %, 0 before it."""
    return world.config.model.price_rise if month.index >= rise_month(world) else 0.0
