"""The hidden hazard: the monthly pressure to leave, and the chance of loss within 30, 90 and 180 days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import DAY, NEVER
from simulator.company import catalog as cat
from simulator.company.causes import Causes
from simulator.company.world import World
from simulator.parameters import Model
from simulator.randomness import Bools, Floats, Ints

HORIZONS = (30, 90, 180)  # days
_MONTH_DAYS = 30.4
_STEPS = 6
# Deviations of belief from its mean path, and their weights: a normal distribution to its fifth moment.
_PATHS = ((-(3**0.5), 1 / 6), (0.0, 2 / 3), (3**0.5, 1 / 6))


@dataclass(frozen=True)
class Standing:
    """What the hazard of some accounts depends on at one instant."""

    size: Ints
    feeling: Floats
    belief: Floats
    target: Floats
    budget: Floats
    features: Floats  # adopted features
    has_champion: Bools
    causes: Causes
    fiscal_end: Ints
    calendar_month: int  # 1 to 12, of the month that begins now
    hazard_ratio: Floats  # of running campaigns
    interval: Ints
    paid_until: Ints  # accounts x horizons: the last billing day within each, without a contract
    renewal_at: Ints  # NEVER without a contract
    decide_at: Ints
    has_decided: Bools  # on the coming renewal, or to leave
    end_at: Ints  # NEVER unless leaving


@dataclass(frozen=True)
class _Odds:
    """How likely each hidden cause is there, 0-1; 0 and 1 where it is known."""

    doubts: Floats
    new_sponsor: Floats
    offer: Floats
    idle: Floats

    @staticmethod
    def known(causes: Causes) -> _Odds:
        """Those of today."""
        today = (causes.doubts, causes.new_sponsor, causes.offer, causes.idle)
        return _Odds(*(now.astype(float) for now in today))

    def after_a_month(self, model: Model, feeling: Floats) -> _Odds:
        """A month later, given how the users feel by then."""

        def move(odds: Floats, begins: Floats | float, ends: float) -> Floats:
            return odds * (1 - ends) + (1 - odds) * begins

        return _Odds(
            doubts=move(self.doubts, model.doubt_rate, model.doubt_ends),
            new_sponsor=move(self.new_sponsor, model.sponsor_changes, model.sponsor_settles),
            offer=move(self.offer, model.offer_rate, model.offer_ends),
            idle=move(self.idle, idle_chance(model, feeling), model.idle_ends),
        )


def idle_chance(model: Model, feeling: Floats) -> Floats:
    """Chance that an account stops using the product this month."""
    return np.minimum(model.idle_rate * np.exp(-0.5 * feeling), 0.5)


def _conviction(model: Model, belief: Floats) -> Floats:
    """Log factor on the pressure to leave, from belief: flat, steep, a step, flat."""
    steep = -model.leave_mood * np.clip(belief, model.leave_despair, model.leave_content)
    return steep + model.leave_breaks * (belief < model.leave_breaks_at)


def _pressure(model: Model, now: Standing, belief: Floats, odds: _Odds, calendar_month: int) -> Floats:
    """Monthly rate of deciding to leave, from the account's own causes, expected over those that may come."""
    base = np.array(model.leave_base)[now.size]
    short = np.maximum(-now.budget, 0)
    season = np.isin(now.fiscal_end, (calendar_month, calendar_month % 12 + 1))

    def rate(decides_on: Floats) -> Floats:
        exponent = (
            _conviction(model, decides_on)
            - model.leave_budget * now.budget
            - model.leave_embedded * (now.features - 5)
            + model.leave_squeezed * np.maximum(-decides_on, 0) * short
            + model.leave_season * season * short
        )
        tempts = np.exp(model.leave_offer * (decides_on < model.offer_tempts_below)) - 1
        return base * np.exp(exponent) * (1 + odds.offer * tempts)

    own = rate(belief)
    if model.doubt_rate:
        own = own + odds.doubts * (rate(np.minimum(belief, model.doubt_belief)) - own)
    unsettled = np.exp(model.leave_sponsor * np.where(now.has_champion, model.sponsor_champion, 1.0)) - 1
    own = own * (1 + odds.new_sponsor * unsettled) * (1 + odds.idle * (np.exp(model.leave_idle) - 1))
    return np.minimum(own, 0.6)


def renewal_loss(model: Model, rate: Floats, interval: Ints) -> Floats:
    """Chance that a contract is not renewed, from the monthly rate in the month of the decision."""
    return 1 - np.exp(-rate * cat.INTERVAL_MONTHS[interval] ** 0.5 * 12**0.5 * model.leave_contract)


def _spread_of_belief(model: Model) -> list[float]:
    """Standard deviation of belief after 0, 1, … months, from noise and trouble to come."""
    trouble = 2 * model.trouble_rate * model.trouble_size**2 - (model.trouble_rate * model.trouble_size) ** 2
    keep = np.array(
        [[1 - model.mood_return, 0.0], [model.mood_slow * (1 - model.mood_return), 1 - model.mood_slow]]
    )
    shock = np.array([1.0, model.mood_slow])
    covariance, spread = np.zeros((2, 2)), []
    for _ in range(_STEPS):
        spread.append(model.foresight * float(np.sqrt(covariance[1, 1])))
        covariance = keep @ covariance @ keep.T + (model.mood_noise**2 + trouble) * np.outer(shock, shock)
    return spread


def loss_probabilities(
    model: Model, standing: Standing, at: int, *, lift: float = 0.0, ratio: float = 1.0, months: int = _STEPS
) -> Floats:
    """Chance that the account's MRR falls to zero within each of HORIZONS after `at` (accounts x 3).

    With foresight, satisfaction runs to its present target with the shocks to be expected: three paths that
    stand for the normal distribution. Without it, the mean path alone. Causes that may come count with their
    odds. A decision already made counts as its outcome. Pauses and unpaid invoices are included, as they end
    MRR too.

    Args:
        model: the coefficients.
        standing: the accounts' hidden state at `at`.
        at: the instant.
        lift: added to the target for `months` (what a campaign would do).
        ratio: factor on the pressure for `months`.
        months: how long `lift` and `ratio` last.
    """
    result = np.zeros((len(standing.size), len(HORIZONS)))
    for deviation, weight in _PATHS if model.foresight else ((0.0, 1.0),):
        result += weight * _loss_on_path(
            model, standing, at, deviation, lift=lift, ratio=ratio, months=months
        )
    return result


def _loss_on_path(
    model: Model, standing: Standing, at: int, deviation: float, *, lift: float, ratio: float, months: int
) -> Floats:
    """As `loss_probabilities`, where belief stays `deviation` standard deviations off its mean path."""
    count = len(standing.size)
    external = np.array(model.leave_external)[standing.size]
    feeling, belief = standing.feeling.copy(), standing.belief.copy()
    odds = _Odds.known(standing.causes)
    flexible = standing.interval < cat.FIRST_CONTRACT
    decide_step = np.clip((standing.decide_at - at) // (30 * DAY), 0, _STEPS - 1)
    expected = np.zeros((count, len(HORIZONS)))
    at_renewal = np.zeros(count)
    for step, spread in enumerate(_spread_of_belief(model)):
        in_force = step < months
        calendar_month = (standing.calendar_month - 1 + step) % 12 + 1
        rate = _pressure(model, standing, belief + deviation * spread, odds, calendar_month)
        rate = rate * standing.hazard_ratio
        rate = rate * (ratio if in_force else 1.0) + external
        for h, days in enumerate(HORIZONS):
            # A decision ends the subscription at the next billing day: half a month later on average.
            until = (standing.paid_until[:, h] - at) / (_MONTH_DAYS * DAY)
            counted = until if model.foresight else days / _MONTH_DAYS - 0.5
            expected[:, h] += rate * np.clip(counted - step, 0, 1)
        at_renewal = np.where(decide_step == step, rate, at_renewal)
        trouble = model.foresight * model.trouble_rate * model.trouble_size
        goal = standing.target + (lift if in_force else 0.0)
        feeling = feeling + model.mood_return * (goal - feeling) - trouble
        belief = belief + model.mood_slow * (feeling - belief)
        odds = odds.after_a_month(model, feeling)

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


def standing(world: World, accounts: Ints, at: int) -> Standing:
    """What the hazard of the accounts depends on at the beginning of a month."""
    paid_until = np.stack([_last_billing_day(world, accounts, at + days * DAY) for days in HORIZONS], axis=1)
    return _standing(world, accounts, at, paid_until)


def _standing(world: World, accounts: Ints, at: int, paid_until: Ints) -> Standing:
    a, c, mood = world.accounts, world.commerce, world.mood
    return Standing(
        size=a.size[accounts],
        feeling=mood.feeling[accounts],
        belief=mood.belief[accounts],
        target=mood.target[accounts],
        budget=mood.budget[accounts],
        features=world.adopted[accounts].sum(axis=1),
        has_champion=mood.has_champion[accounts],
        causes=world.causes.of(accounts),
        fiscal_end=a.fiscal_end[accounts],
        calendar_month=world.timeline.calendar_month(at),
        hazard_ratio=world.campaign_ratio[accounts],
        interval=world.ledger.interval[accounts],
        paid_until=paid_until,
        renewal_at=c.renewal_at[accounts],
        decide_at=c.decide_at[accounts],
        has_decided=c.renewal_decided[accounts],
        end_at=np.where(c.leaving[accounts], c.end_at[accounts], NEVER),
    )


def _last_billing_day(world: World, accounts: Ints, until: int) -> Ints:
    """The accounts' last end of a billing period at or before `until`."""
    timeline, c = world.timeline, world.commerce
    day, second = c.anchor_day[accounts], c.anchor_second[accounts]
    month = timeline.index_of(np.full(len(accounts), until))
    month -= timeline.anniversary(month, day, second) > until
    begun = timeline.index_of(c.paid_since[accounts])
    month -= (month - begun) % cat.INTERVAL_MONTHS[world.ledger.interval[accounts]]
    return timeline.anniversary(month, day, second)


def leave_rate(world: World, at: int) -> Floats:
    """Monthly pressure to leave of every account from the beginning of a month, campaigns included.

    External causes are not.
    """
    everyone = np.arange(len(world.accounts))
    now = _standing(world, everyone, at, np.zeros((len(everyone), len(HORIZONS)), dtype=np.int64))
    pressure = _pressure(world.config.model, now, now.belief, _Odds.known(now.causes), now.calendar_month)
    return pressure * world.campaign_ratio
