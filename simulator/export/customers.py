"""Accounts, their users and their goals."""

from __future__ import annotations

import numpy as np

from simulator.clock import NEVER
from simulator.company import catalog as cat
from simulator.company.growing_table import GrowingTable
from simulator.company.names import company_names
from simulator.company.texts import GOAL_TITLES
from simulator.company.users import ROLES
from simulator.company.world import World
from simulator.files.columns import Column, Decimals, Ids, Numbers, Texts, Times
from simulator.files.raw_folder import ROWS_AT_ONCE
from simulator.randomness import happens


def write_accounts(world: World) -> None:
    a = world.accounts
    names = company_names(world.config.seed, world.names, a.is_japanese, a.industry)
    # Where the offer is NULL, onboarding is offered at sign-up.
    offered = np.where(a.is_sales_led | (np.arange(len(a)) % 3 == 0), a.offered_at, NEVER)
    columns: dict[str, Column] = {
        "account_id": Ids("A", np.arange(len(a))),
        "account_name": Texts(np.arange(len(a)), names),
        "created_at": Times(a.created_at),
        "country": Texts(a.country, [country.code for country in cat.COUNTRIES]),
        "industry": Texts(a.industry, cat.INDUSTRIES),
        "size_band": Texts(a.size, cat.SIZE_BANDS),
        "csm_id": Ids("M", world.staff.csm_of, 4),
        "acquisition_channel": Texts(a.channel, [channel.name for channel in cat.CHANNELS]),
        "region": Texts(a.country, [country.region for country in cat.COUNTRIES]),
        "onboarding_offered_at": Times(offered),
        "referred_by_account_id": Ids("A", a.referred_by),
        "merged_into_account_id": Ids("A", a.merged_into),
        "is_test": Numbers(a.is_test),
        "parent_account_id": Ids("A", a.parent),
    }
    world.raw.write("accounts", columns)


def write_assignments(world: World) -> None:
    """Who has looked after an account since when; some accounts had another manager before."""
    share = world.config.model.reassigned_share
    if not share:
        return
    a = world.accounts
    rng = world.rng("assignments")
    account = np.flatnonzero(world.staff.csm_of >= 0)
    moves = happens(rng, np.full(len(account), share))
    lived = world.timeline.end - a.created_at[account]
    since = np.where(
        moves,
        a.created_at[account] + (lived * rng.random(len(account))).astype(np.int64),
        a.created_at[account],
    )
    former = world.staff.csm_of[rng.permutation(account)]
    before = np.flatnonzero(moves)
    of = np.concatenate([account, account[before]])
    columns: dict[str, Column] = {
        "account_id": Ids("A", of),
        "csm_id": Ids("M", np.concatenate([world.staff.csm_of[account], former[before]]), 4),
        "region": Texts(a.country[of], [country.region for country in cat.COUNTRIES]),
        "valid_from": Times(np.concatenate([since, a.created_at[account[before]]])),
        "valid_to": Times(np.concatenate([np.full(len(account), NEVER), since[before]])),
    }
    world.raw.write("account_assignments", columns)


def write_links(world: World) -> None:
    """The ids of accounts in the help desk, which are in no order."""
    if not world.config.model.reassigned_share:
        return
    account = np.arange(len(world.accounts.created_at))
    columns: dict[str, Column] = {
        "system": Texts(np.zeros(len(account), dtype=np.int64), ["zendesk"]),
        "source_id": Ids("Z", world.rng("links").permutation(account)),
        "account_id": Ids("A", account),
    }
    world.raw.write("account_links", columns)


def write_users(world: World) -> None:
    rows = world.users.rows
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        part = slice(begin, begin + ROWS_AT_ONCE)
        level = rows["champion_level"][part].astype(np.int64)
        columns: dict[str, Column] = {
            "user_id": Ids("U", np.arange(begin, min(begin + ROWS_AT_ONCE, len(rows)))),
            "account_id": Ids("A", rows["account"][part]),
            "created_at": Times(rows["created_at"][part]),
            "deactivated_at": Times(rows["deactivated_at"][part]),
            "role": Texts(rows["role"][part], ROLES),
            "champion_since": Times(rows["champion_since"][part]),
            "champion_until": Times(rows["champion_until"][part]),
            "champion_level": Numbers(level, level > 0),
        }
        world.raw.write("users", columns)


def write_goals(world: World, goals: GrowingTable) -> None:
    """Goals; values and costs in the account's currency."""
    rng = world.rng("goals written")
    account = goals["account"].astype(np.int64)
    achieved = goals["achieved_at"] < NEVER
    language = world.accounts.is_japanese[account].astype(np.int64)
    baseline = rng.integers(10, 100, len(account)) * 100
    target = (baseline * rng.uniform(0.5, 0.8, len(account))).astype(np.int64)
    value = (goals["size"] * world.accounts.seats[account] * 900).astype(np.int64)
    unit = np.array([1, 1, 150])[world.accounts.currency[account]]
    columns: dict[str, Column] = {
        "goal_id": Ids("G", np.arange(len(account))),
        "account_id": Ids("A", account),
        "title": Texts(language * len(GOAL_TITLES[0]) + goals["title"], GOAL_TITLES[0] + GOAL_TITLES[1]),
        "baseline_value": Decimals(baseline, 2),
        "target_value": Decimals(target, 2),
        "achieved_value": Decimals(
            (target * rng.uniform(0.85, 1.0, len(account))).astype(np.int64), 2, achieved
        ),
        "set_at": Times(goals["set_at"]),
        "due_at": Times(goals["due_at"]),
        "achieved_at": Times(goals["achieved_at"]),
        "value_amount": Decimals(value * unit, 0),
        "cost_amount": Decimals(
            (value * unit * rng.uniform(0.2, 0.7, len(account))).astype(np.int64),
            0,
            rng.random(len(account)) < 0.6,
        ),
        "currency": Texts(world.accounts.currency[account], cat.CURRENCIES),
    }
    world.raw.write("customer_goals", columns)
