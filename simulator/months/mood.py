"""Satisfaction moves: feeling follows its target, belief follows feeling, champions come and go."""

from __future__ import annotations

import numpy as np

from simulator.company.accounts import Accounts
from simulator.company.mood import Mood
from simulator.parameters import Model
from simulator.randomness import Bools, Floats, Ints, happens


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
    """New accounts start near their target; belief starts at 0.6 of the feeling, plus a little hope."""
    start = mood.target[born] + rng.normal(0, 0.3, len(born))
    mood.feeling[born] = mood.feeling_before[born] = start
    mood.belief[born] = 0.6 * start + 0.15


def advance(
    mood: Mood, accounts: Accounts, model: Model, rng: np.random.Generator, *, living: Bools, shock: Floats
) -> None:
    """One month: feeling moves to its target with noise and trouble, belief follows feeling, memories fade.

    Args:
        mood: changed in place.
        accounts: their traits; the budget returns to the usual one.
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
