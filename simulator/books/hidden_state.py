"""Traits of the accounts, and by month their hidden state and the chance of loss."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, Month
from simulator.company.commerce import (
    LATE,
    LIVE,
)
from simulator.company.hazard import leave_rate, loss_probabilities, standing
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Ids, Numbers, Times


def write_traits(world: World) -> None:
    """The traits of each account, which stay the same."""
    a = world.accounts
    columns: dict[str, Column] = {
        "account_id": Ids("A", np.arange(len(a))),
        "fit": Numbers(a.fit),
        "need": Numbers(a.need),
        "champion": Numbers(a.champion),
        "budget": Numbers(a.budget),
        "expressiveness": Numbers(a.expressiveness),
        "is_silent": Numbers(a.is_silent),
        "is_managed": Numbers(a.is_managed),
        "is_test": Numbers(a.is_test),
        "counts_for_account_id": Ids("A", a.effective),
        "had_trial": Numbers(a.has_trial),
        "created_at": Times(a.created_at),
        "first_paid_at": Times(world.commerce.first_paid_at),
    }
    world.truth.write("account_traits", columns)


def write_hazards(world: World, month: Month) -> None:
    """The hidden state at the month's close of every account that pays and counts."""
    a, c, mood = world.accounts, world.commerce, world.mood
    rows = np.flatnonzero(np.isin(c.phase, (LIVE, LATE)) & ~a.is_test & (a.merged_into < 0))
    chances = loss_probabilities(world.config.model, standing(world, rows, month.end), month.end)
    external = np.array(world.config.model.leave_external)[a.size[rows]]
    columns: dict[str, Column] = {
        "account_id": Ids("A", rows),
        "as_of_date": Dates(np.full(len(rows), month.end - DAY)),
        "satisfaction": Numbers(mood.feeling[rows]),
        "belief": Numbers(mood.belief[rows]),
        "budget": Numbers(mood.budget[rows]),
        "leave_pressure": Numbers(leave_rate(world, month.end)[rows] + external),
        "has_decided_to_leave": Numbers(c.leaving[rows]),
        "churn_probability_30d": Numbers(chances[:, 0]),
        "churn_probability_90d": Numbers(chances[:, 1]),
        "churn_probability_180d": Numbers(chances[:, 2]),
    }
    world.truth.write("account_hazards", columns)
