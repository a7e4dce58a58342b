"""The bad release: one month in which integrations fail."""

from __future__ import annotations

import numpy as np

from simulator.clock import Month
from simulator.company.catalog import INTEGRATION_FEATURES
from simulator.company.world import World
from simulator.randomness import Bools, Floats

_RELEASE_AT = 0.58  # as a share of the period


def months_since_release(world: World, month: Month) -> int:
    """Months since the bad release; negative before it."""
    return month.index - round(_RELEASE_AT * world.config.months)


def uses_integration(world: World) -> Bools:
    """Accounts with at least one integration."""
    return world.adopted[:, INTEGRATION_FEATURES.start : INTEGRATION_FEATURES.stop].sum(axis=1) > 0


def shock(world: World, month: Month, rng: np.random.Generator) -> Floats:
    """How much the bad release lowers each account's feeling this month; 0 in other months."""
    if months_since_release(world, month) != 0:
        return np.zeros(len(world.accounts))
    size = rng.uniform(0.5, 1.5, len(world.accounts))
    return world.config.model.release_shock * size * uses_integration(world)
