"""Exchange rates of the whole period."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY
from simulator.company.world import World
from simulator.randomness import Ints

RATE_SCALE = 6  # decimals of an exchange rate
_RATE_DAYS_BEFORE = 40


def exchange_rates(world: World) -> tuple[Ints, Ints]:
    """Business days (seconds) and rates to USD in millionths (days x currencies), near a fixed level."""
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
