"""Hidden causes come and go: doubts of the buyer, new sponsors, offers of competitors, idleness."""

from __future__ import annotations

import numpy as np

from simulator.clock import Month
from simulator.company.commerce import LATE, LIVE
from simulator.company.hazard import idle_chance
from simulator.company.world import World
from simulator.randomness import Bools, Floats


def step(world: World, month: Month) -> None:
    """One month, for customers; whoever is none has no cause."""
    rng, model, causes = world.rng("causes", month.index), world.config.model, world.causes
    pays = np.isin(world.commerce.phase, (LIVE, LATE))

    def move(now: Bools, begins: Floats | float, ends: float) -> Bools:
        return pays & (rng.random(len(now)) < np.where(now, 1 - ends, begins))

    causes.doubts = move(causes.doubts, model.doubt_rate, model.doubt_ends)
    causes.new_sponsor = move(causes.new_sponsor, model.sponsor_changes, model.sponsor_settles)
    causes.offer = move(causes.offer, model.offer_rate, model.offer_ends)
    causes.idle = move(causes.idle, idle_chance(model, world.mood.feeling), model.idle_ends)
