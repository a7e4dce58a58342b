"""Contracts; in the scenario `standard` with deadlines of notice and a version for each renewal stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import DAY, NEVER
from simulator.company import catalog as cat
from simulator.company.commerce import CHURNED, OPEN, RENEWED
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Decimals, Ids, Numbers, Texts, Times
from simulator.randomness import Bools, Ints, happens

_OUTCOMES = ("open", "renewed", "churned")
_STAGES = ("not_started", "proposed", "verbal", "in_approval", "ordered", "declined")
_NOT_STARTED, _PROPOSED, _VERBAL, _IN_APPROVAL, _ORDERED, _DECLINED = range(6)


@dataclass(frozen=True)
class _Versions:
    """Rows to write: the contract, its stage, when that stage began, and whether the outcome is known."""

    contract: Ints
    stage: Ints
    at: Ints
    is_decided: Bools


def write_contracts(world: World) -> None:
    """One row per contract, as it is at the end; in `standard` its earlier versions too, unless tidy."""
    rows = world.commerce.contracts
    known = rows["decided_at"] < world.timeline.end
    contract = np.arange(len(rows))
    if not any(world.config.model.notice_days):
        world.raw.write("contracts", _columns(world, contract, known))
        return
    versions = _versions(world, known)
    columns = _columns(world, versions.contract, versions.is_decided)
    columns |= _renewal_columns(world, versions)
    superseded = len(versions.contract) - len(rows)
    world.raw.write("contracts", columns, superseded=superseded)


def _columns(world: World, contract: Ints, is_decided: Bools) -> dict[str, Column]:
    rows = world.commerce.contracts
    account, renewed_mrr = rows["account"][contract], rows["renewed_mrr"][contract]
    return {
        "contract_id": Ids("K", contract),
        "account_id": Ids("A", account),
        "started_at": Times(rows["started_at"][contract]),
        "ends_at": Times(rows["ends_at"][contract]),
        "mrr": Decimals(rows["mrr"][contract], 4),
        "currency": Texts(world.ledger.currency[account], cat.CURRENCIES),
        "outcome": Texts(np.where(is_decided, rows["outcome"][contract], OPEN), _OUTCOMES),
        "decided_at": Times(np.where(is_decided, rows["decided_at"][contract], NEVER)),
        "renewed_mrr": Decimals(np.maximum(renewed_mrr, 0), 4, is_decided & (renewed_mrr >= 0)),
        "auto_renews": Numbers(rows["auto_renews"][contract]),
    }


def _decides_at(world: World) -> Ints:
    """When each contract was decided or will be, as far as the two sides can expect it."""
    rows, c = world.commerce.contracts, world.commerce
    account = rows["account"]
    is_running = (c.contract[account] == np.arange(len(rows))) & (c.decide_at[account] < NEVER)
    planned = np.where(is_running, c.decide_at[account], rows["ends_at"] - 30 * DAY)
    return np.where(rows["decided_at"] < NEVER, rows["decided_at"], planned)


def _versions(world: World, known: Bools) -> _Versions:
    """The stages that each contract went through; internal approval mostly in Japan and in large accounts."""
    rng = world.rng("renewal stages")
    rows, a = world.commerce.contracts, world.accounts
    account, count = rows["account"], len(rows)
    outcome = np.where(known, rows["outcome"], OPEN)
    likes_it = np.where(outcome == OPEN, world.mood.belief[account] > -0.3, outcome == RENEWED)
    agrees = happens(rng, np.where(likes_it, 0.85, 0.25))
    asks = happens(rng, np.where(a.is_japanese[account], 0.8, np.array([0.1, 0.35, 0.6])[a.size[account]]))
    asks &= agrees & (likes_it | (rng.random(count) < 0.5))
    proposed, agreed = rng.uniform(75, 120, count), rng.uniform(25, 70, count)
    before = np.stack([proposed, agreed, agreed * rng.uniform(0.35, 0.7, count)], axis=1)
    talks = _decides_at(world)[:, None] - (before * DAY).astype(np.int64)
    reached = np.stack([np.ones(count, dtype=bool), agrees, asks], axis=1)
    reached &= talks > rows["started_at"][:, None] + DAY
    decided = np.where(known, rows["decided_at"], NEVER)
    at = np.column_stack([rows["started_at"], np.where(reached, talks, NEVER), decided])
    last = np.where(outcome == RENEWED, _ORDERED, _DECLINED)
    stage = np.column_stack([np.tile((_NOT_STARTED, _PROPOSED, _VERBAL, _IN_APPROVAL), (count, 1)), last])
    happened = at < world.timeline.end
    if not world.config.untidy:
        newest = happened.shape[1] - 1 - np.argmax(happened[:, ::-1], axis=1)
        happened &= np.arange(happened.shape[1]) == newest[:, None]
    contract, column = np.nonzero(happened)
    return _Versions(contract, stage[contract, column], at[contract, column], column == stage.shape[1] - 1)


def _renewal_columns(world: World, versions: _Versions) -> dict[str, Column]:
    """Deadline, notice, stage, when a decision is expected, and when each version was recorded."""
    rng, model = world.rng("renewals"), world.config.model
    rows, contract = world.commerce.contracts, versions.contract
    count, end = len(rows), world.timeline.end
    days = np.array(model.notice_days, dtype=np.int64)[world.accounts.size[rows["account"]]]
    states = rng.random(count)
    # A date and a period, a date alone, a period alone, or nothing.
    due_on = np.where(states < 0.65, rows["ends_at"] - days * DAY, NEVER)
    says_days = (states < 0.45) | ((states >= 0.65) & (states < 0.85))
    gives_notice = (rows["outcome"] == CHURNED) & happens(rng, np.full(count, 0.85))
    gives_notice &= (rows["decided_at"] < rows["ends_at"] - DAY) & (
        rows["decided_at"] > rows["ends_at"] - 200 * DAY
    )
    expected = _decides_at(world) + (rng.normal(0, 7, count) * DAY).astype(np.int64)
    is_backdated = versions.is_decided & (rng.random(len(contract)) < model.backdated_share)
    delay = rng.exponential(300, len(contract))
    delay += is_backdated * rng.exponential(model.backdated_days * DAY, len(contract))
    return {
        "notice_due_on": Dates(due_on[contract]),
        "notice_period_days": Numbers(days[contract], says_days[contract]),
        "notice_given_at": Times(
            np.where(versions.is_decided & gives_notice[contract], rows["decided_at"][contract], NEVER)
        ),
        "renewal_stage": Texts(versions.stage, _STAGES),
        "decision_expected_on": Dates(np.where(versions.stage > _NOT_STARTED, expected[contract], NEVER)),
        "recorded_at": Times(np.minimum(versions.at + delay.astype(np.int64), end - 1)),
    }
