"""The hidden path of satisfaction: what an account feels, and what its decision maker comes to believe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.company.accounts import Accounts
from simulator.parameters import Model
from simulator.randomness import Bools, Floats, Ints, happens


@dataclass
class Mood:
    """Hidden state per account at the start of a month; all in standard units, 0 = ordinary."""

    feeling: Floats  # fast satisfaction s: use, tickets and answers follow it at once
    feeling_before: Floats  # s one month earlier
    belief: Floats  # slow satisfaction g: leaving and growing follow it
    champion: Floats
    has_champion: Bools
    budget: Floats
    service: Floats  # remembered experience with support
    training: Floats
    grudge: Floats  # remembered price rises
    lift: Floats  # what campaigns add to the target while they last
    target: Floats  # what the feeling moves towards


def new_mood(accounts: Accounts) -> Mood:
    """Everybody before the first day; `welcome` sets the feeling of those who sign up."""
    zeros = np.zeros(len(accounts))
    return Mood(
        feeling=zeros.copy(),
        feeling_before=zeros.copy(),
        belief=zeros.copy(),
        champion=accounts.champion.copy(),
        has_champion=np.zeros(len(accounts), dtype=bool),
        budget=accounts.budget.copy(),
        service=zeros.copy(),
        training=zeros.copy(),
        grudge=zeros.copy(),
        lift=zeros.copy(),
        target=zeros.copy(),
    )


def set_target(mood: Mood, accounts: Accounts, model: Model, onboarded: Floats) -> None:
    """The feeling's target from traits, champion, onboarding so far (share of steps, 0-1) and experience."""
    mood.target = (
        model.mood_base
        + model.mood_fit * accounts.fit
        + model.mood_need * accounts.need
        + model.mood_champion * mood.champion
        + model.mood_onboarding * (onboarded - 0.6)
        + mood.service
        + mood.training
        - mood.grudge
        + mood.lift
    )


def welcome(mood: Mood, model: Model, born: Ints, rng: np.random.Generator) -> None:
    """New accounts start near their target, with hope: belief begins a little above it."""
    start = mood.target[born] + rng.normal(0, 0.3, len(born))
    mood.feeling[born] = mood.feeling_before[born] = start
    mood.belief[born] = 0.6 * start + 0.15


def advance(
    mood: Mood, accounts: Accounts, model: Model, rng: np.random.Generator, *, living: Bools, shock: Floats
) -> None:
    """One month: feeling moves to its target with noise and trouble, belief follows feeling, memories fade.

    Args:
        mood: changed in place.
        accounts: whose usual budget the budget returns to.
        model: the coefficients.
        rng: the month's generator.
        living: accounts that use the product now.
        shock: subtracted from the feeling this month (the bad release).
    """
    count = len(mood.feeling)
    mood.feeling_before = mood.feeling.copy()
    trouble = happens(rng, np.full(count, model.trouble_rate)) * rng.exponential(model.trouble_size, count)
    moved = (
        mood.feeling
        + model.mood_return * (mood.target - mood.feeling)
        + model.mood_noise * rng.normal(size=count)
        - trouble
        - shock
    )
    mood.feeling = np.where(living, np.clip(moved, -4, 4), mood.feeling)
    mood.belief += np.where(living, model.mood_slow * (mood.feeling - mood.belief), 0)
    mood.budget += model.budget_return * (accounts.budget - mood.budget) + model.budget_noise * rng.normal(
        size=count
    )
    mood.service *= model.service_memory
    mood.training *= model.training_memory
    mood.grudge *= model.grudge_memory


def change_champions(mood: Mood, model: Model, rng: np.random.Generator, living: Bools) -> tuple[Ints, Ints]:
    """Some champions leave and some accounts find one. Returns the accounts that lost and that found one."""
    count = len(mood.champion)
    coin, strength = rng.random(count), rng.normal(size=count)
    lost = np.flatnonzero(living & mood.has_champion & (coin < model.champion_leaves))
    found = np.flatnonzero(living & ~mood.has_champion & (coin < model.champion_found))
    mood.champion[lost] = -0.6 + 0.5 * strength[lost]
    mood.has_champion[lost] = False
    mood.champion[found] = np.maximum(mood.champion[found], strength[found] + 0.2)
    mood.has_champion[found] = True
    return lost, found
