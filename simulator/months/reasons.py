"""The reasons that accounts state for leaving: mostly the strongest of their real causes."""

from __future__ import annotations

import numpy as np

from simulator.clock import Month
from simulator.company import catalog as cat
from simulator.company.commerce import EXTERNAL_CAUSE
from simulator.company.world import World
from simulator.months.bad_release import months_since_release, uses_integration
from simulator.randomness import Bools, Ints, happens

_CLOSED, _OTHER = 7, 8


def state_reasons(world: World, month: Month, accounts: Ints, stays: Bools) -> None:
    """Record the reasons of accounts that thought of leaving this month; those that stay always state one."""
    rng = world.rng("reasons", month.index)
    mood, a, c = world.mood, world.accounts, world.commerce
    now = world.causes.of(accounts)
    recent_release = 0 <= months_since_release(world, month) <= 4
    strength = np.stack(
        [
            -a.fit[accounts],
            -0.8 * a.need[accounts] - 0.1 * world.adopted[accounts].sum(axis=1) + 0.5 + now.idle,
            0.9 * ~mood.has_champion[accounts] - 0.4 * mood.champion[accounts] + 1.2 * now.new_sponsor,
            -5.0 * mood.service[accounts],
            4.0 * mood.grudge[accounts] - 0.4 * mood.budget[accounts] + 1.5 * now.offer + 0.6 * now.doubts,
            -0.8 * mood.budget[accounts],
            1.6 * (uses_integration(world)[accounts] & recent_release),
        ],
        axis=1,
    )
    reason = np.argmax(strength + rng.gumbel(0, 0.5, strength.shape), axis=1)
    is_external = c.cause[accounts] == EXTERNAL_CAUSE
    reason = np.where(is_external, np.where(rng.random(len(accounts)) < 0.7, _CLOSED, _OTHER), reason)
    names_competitor = np.isin(reason, (0, 4)) & (rng.random(len(accounts)) < np.where(now.offer, 0.8, 0.4))
    language = a.is_japanese[accounts].astype(np.int64)
    draws = rng.random((3, len(accounts)))
    stated = stays | happens(rng, np.full(len(accounts), world.config.model.reason_stated))
    c.cancellations.append(
        account=accounts[stated],
        generation=world.ledger.generation[accounts[stated]],
        at=c.decided_at[accounts[stated]],
        reason=np.where(draws[0] < 0.95, reason, -1)[stated],
        competitor=np.where(names_competitor, (draws[1] * len(cat.COMPETITORS)).astype(np.int64), -1)[stated],
        comment=np.where(draws[2] < 0.5, language * len(cat.REASONS) + reason, -1)[stated],
    )
