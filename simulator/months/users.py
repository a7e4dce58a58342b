"""Users and champions: accounts add users up to their seats, people leave, champions come and go."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, HOUR, NEVER, Month
from simulator.company import catalog as cat
from simulator.company.world import World
from simulator.months.adoption import onboarded
from simulator.months.mood import change_champions
from simulator.randomness import Ints, happens


def open_month(world: World, month: Month, rng: np.random.Generator) -> None:
    """New accounts get their administrator, accounts add users, and some mark a champion."""
    a, c = world.accounts, world.commerce
    born = np.arange(a.born_by(month.index - 1), a.born_by(month.index))
    world.users.create(rng, born, a.created_at[born], is_first=True)
    start = np.maximum(month.start, np.maximum(c.access_from, a.offered_at))
    wanted = np.where(start < month.end, _wanted_users(world, month), 0)
    world.users.join(rng, wanted, np.minimum(start, month.end), month.end)
    _name_champions(world, month, rng)


def _wanted_users(world: World, month: Month) -> Ints:
    """Users that each account wants now: a share of its seats that grows with age and satisfaction."""
    c, mood = world.commerce, world.mood
    months = np.clip((month.end - world.accounts.created_at) / (30 * DAY), 0, 6)
    share = np.clip(
        0.35 + 0.06 * months + 0.10 * mood.feeling + 0.15 * (onboarded(world, month.end) - 0.5), 0.15, 1
    )
    in_trial = c.trial_end < NEVER
    share = np.where(in_trial & (c.first_paid_at > month.end), 0.4 * share, share)
    seats = world.ledger.now.quantity[:, cat.SLOT_CORE]
    return np.where(c.has_access, np.maximum(np.round(share * seats), 1), 0).astype(np.int64)


def _name_champions(world: World, month: Month, rng: np.random.Generator) -> None:
    """Accounts with a champion and no user marked as one mark a user."""
    c, users = world.commerce, world.users
    lacks = world.mood.has_champion & c.has_access & (users.champion_user < 0) & (users.active > 0)
    accounts = np.flatnonzero(lacks & (c.first_paid_at < month.end))
    chosen = users.roster(lacks).one_of(rng, accounts)
    at = np.maximum(month.start, world.accounts.created_at[accounts])
    users.name_champions(rng, accounts, chosen, world.mood.champion[accounts], at)
    if world.config.model.deputy_most:
        _name_deputies(world, month)


def _name_deputies(world: World, month: Month) -> None:
    """Accounts with a champion find further ones, one for each ten users at most."""
    rng, model, users = world.rng("deputies", month.index), world.config.model, world.users
    has = users.champion_user >= 0
    number = np.bincount(users.rows["account"][users.deputies()], minlength=len(has))
    tens = users.active / 10
    finds = happens(rng, np.minimum(model.deputy_found * tens, 0.5))
    finds &= has & world.commerce.has_access & (number < np.minimum(np.ceil(tens), model.deputy_most))
    accounts = np.flatnonzero(finds)
    at = np.maximum(month.start, world.accounts.created_at[accounts])
    chosen = users.roster(finds).one_of(rng, accounts)
    users.name_deputies(rng, chosen, world.mood.champion[accounts], at)


def _change_deputies(world: World, month: Month, at: int) -> None:
    """Further champions leave as others do; where the champion left, one takes over with less strength."""
    rng, mood = world.rng("deputies leave", month.index), world.mood
    deputies = world.users.deputies()
    leaves = happens(rng, np.full(len(deputies), world.config.model.champion_leaves))
    world.users.lose_deputies(rng, deputies[leaves], np.full(leaves.sum(), at))
    accounts = world.users.promote(deputies[~leaves])
    accounts = accounts[~mood.has_champion[accounts]]
    mood.champion[accounts] += 0.6
    mood.has_champion[accounts] = True


def close_month(world: World, month: Month) -> None:
    """The month closes: people leave, champions leave and are found."""
    rng = world.rng("close", month.index)
    a, c = world.accounts, world.commerce
    at = month.end - HOUR
    lost, _ = change_champions(world.mood, world.config.model, rng, c.has_access)
    world.users.lose_champions(rng, lost, np.full(len(lost), at))
    if world.config.model.deputy_most:
        _change_deputies(world, month, at)
    # In six of ten lost accounts the users are deactivated; in the rest nobody does it.
    ended = (c.access_to <= month.end) & (c.access_to > month.start) & ~c.has_access
    deactivated = ended & (np.arange(len(a)) * 7 % 10 < 6)
    for_good = np.flatnonzero(deactivated & (world.users.champion_user >= 0))
    world.users.lose_champions(rng, for_good, np.full(len(for_good), at))
    everyone = world.users.roster(np.ones(len(a), dtype=bool))
    seats = np.where(c.has_access, np.maximum(world.ledger.now.quantity[:, 0], 1), NEVER)
    world.users.leave(rng, everyone, seats, deactivated, at)
