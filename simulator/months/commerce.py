"""One month of sign-ups, payments, decisions, renewals and changes; an account has one of them at most."""

from __future__ import annotations

import numpy as np

from simulator.clock import Month
from simulator.company.world import World
from simulator.months import changes, contracts, leaving, payments, signups


def step(world: World, month: Month) -> None:
    """One month. Beliefs are those of the month's opening."""
    rng = world.rng("commerce", month.index)
    busy = np.zeros(len(world.accounts), dtype=bool)
    signups.sign_up(world, month, rng, busy)
    signups.end_trials(world, month, rng, busy)
    payments.settle_invoices(world, month, rng, busy)
    payments.resume(world, month, busy)
    leaving.decide(world, month, rng, busy)
    contracts.renew(world, month, rng, busy)
    leaving.leave(world, month, rng, busy)
    changes.step(world, month, busy)
    signups.win_back(world, month, rng)
