"""The hidden hazard: the monthly pressure to leave, and the chance of loss within 30, 90 and 180 days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import DAY, NEVER
from simulator.company import catalog as cat
from simulator.company.world import World
from simulator.parameters import Model
from simulator.randomness import Floats, Ints

HORIZONS = (30, 90, 180)  # days
_MONTH_DAYS = 30.4
_STEPS = 6


@dataclass(frozen=True)
class Standing:
    """What the hazard of some accounts depends on at one instant."""

    size: Ints
    feeling: Floats
    belief: Floats
    target: Floats
    budget: Floats
    features: Floats  # adopted features
    hazard_ratio: Floats  # of running campaigns
    interval: Ints
    renewal_at: Ints  # NEVER without a contract
    decide_at: Ints
    has_decided: np.ndarray  # on the coming renewal, or to leave
    end_at: Ints  # NEVER unless leaving


def pressure(model: Model, size: Ints, belief: Floats, budget: Floats, features: Floats) -> Floats:
    """Monthly rate of deciding to leave, from the account's own causes."""
    base = np.array(model.leave_base)[size]
    exponent = (
        -model.leave_mood * belief - model.leave_budget * budget - model.leave_embedded * (features - 5)
    )
    return np.minimum(base * np.exp(exponent), 0.6)


def renewal_loss(model: Model, rate: Floats, interval: Ints) -> Floats:
    """Chance that a contract is not renewed, from the monthly rate in the month of the decision."""
    return 1 - np.exp(-rate * cat.INTERVAL_MONTHS[interval] ** 0.5 * 12**0.5 * model.leave_contract)


def loss_probabilities(
    model: Model, standing: Standing, at: int, *, lift: float = 0.0, ratio: float = 1.0, months: int = _STEPS
) -> Floats:
    """Chance that the account's MRR falls to zero within each of HORIZONS after `at` (accounts x 3).

    The mean path: satisfaction runs to its present target without new shocks; a decision already
    made counts as its outcome. Pauses and unpaid invoices are included, as they end MRR too.

    Args:
        model: the coefficients.
        standing: the accounts' hidden state at `at`.
        at: the instant.
        lift: added to the target for `months` (what a campaign would do).
        ratio: factor on the pressure for `months`.
        months: how long `lift` and `ratio` last.
    """
    count = len(standing.size)
    external = np.array(model.leave_external)[standing.size]
    feeling, belief = standing.feeling.copy(), standing.belief.copy()
    flexible = standing.interval < cat.FIRST_CONTRACT
    decide_step = np.clip((standing.decide_at - at) // (30 * DAY), 0, _STEPS - 1)
    expected = np.zeros((count, len(HORIZONS)))
    at_renewal = np.zeros(count)
    for step in range(_STEPS):
        in_force = step < months
        rate = (
            pressure(model, standing.size, belief, standing.budget, standing.features) * standing.hazard_ratio
        )
        rate = rate * (ratio if in_force else 1.0) + external
        for h, days in enumerate(HORIZONS):
            # A decision takes half a month on average until it ends the subscription.
            expected[:, h] += rate * np.clip(days / _MONTH_DAYS - 0.5 - step, 0, 1)
        at_renewal = np.where(decide_step == step, rate, at_renewal)
        feeling = feeling + model.mood_return * (standing.target + (lift if in_force else 0.0) - feeling)
        belief = belief + model.mood_slow * (feeling - belief)

    stays = 1 - model.saved_share
    late = model.late_rate * np.exp(-model.late_budget * standing.budget) * (model.late_never_paid + 0.08)
    result = np.zeros((count, len(HORIZONS)))
    for h, days in enumerate(HORIZONS):
        horizon = at + days * DAY
        months_left = days / _MONTH_DAYS
        side = late * max(months_left - 1, 0) * np.where(flexible, 1.0, 0.3)
        side = side + np.where(standing.interval == 0, model.pause_rate * months_left, 0)
        due = ~standing.has_decided & (standing.renewal_at <= horizon) & ~flexible
        own = np.where(
            flexible,
            1 - np.exp(-expected[:, h] * stays),
            np.where(due, renewal_loss(model, at_renewal, standing.interval) * stays, 0.0),
        )
        chance = 1 - (1 - own) * np.exp(-side)
        chance = np.where(standing.end_at <= horizon, 1.0, chance)
        result[:, h] = np.where(
            (standing.end_at < NEVER) & (standing.end_at > horizon), np.minimum(side, 1), chance
        )
    return result


def standing(world: World, accounts: Ints) -> Standing:
    """What the hazard of the accounts depends on now."""
    a, c, mood = world.accounts, world.commerce, world.mood
    return Standing(
        size=a.size[accounts],
        feeling=mood.feeling[accounts],
        belief=mood.belief[accounts],
        target=mood.target[accounts],
        budget=mood.budget[accounts],
        features=world.adopted[accounts].sum(axis=1),
        hazard_ratio=world.campaign_ratio[accounts],
        interval=world.ledger.interval[accounts],
        renewal_at=c.renewal_at[accounts],
        decide_at=c.decide_at[accounts],
        has_decided=c.renewal_decided[accounts],
        end_at=np.where(c.leaving[accounts], c.end_at[accounts], NEVER),
    )


def leave_rate(world: World) -> Floats:
    """Monthly pressure to leave of every account, campaigns included, external causes not."""
    a, mood = world.accounts, world.mood
    features = world.adopted.sum(axis=1)
    return pressure(world.config.model, a.size, mood.belief, mood.budget, features) * world.campaign_ratio
