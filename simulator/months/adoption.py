"""Onboarding progress, features adopted and dropped, and usage gauges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.clock import DAY, NEVER, Month
from simulator.company import catalog as cat
from simulator.company.users import Roster
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Decimals, Ids, Texts
from simulator.randomness import Bools, Floats, Ints


def onboarded(world: World, at: int) -> Floats:
    """Share of the onboarding steps that each account has reached by `at` (0-1) while it had access."""
    limit = np.minimum(world.commerce.access_to, at)
    return (world.accounts.step_at < limit[:, None]).mean(axis=1)


def lose_steps(world: World) -> None:
    """Steps that are due after an account's access ended are never reached."""
    step_at = world.accounts.step_at
    step_at[step_at >= world.commerce.access_to[:, None]] = NEVER


def step(world: World, month: Month) -> None:
    """One month: accounts adopt and drop features."""
    rng = world.rng("adoption", month.index)
    a, mood, adopted, model = world.accounts, world.mood, world.adopted, world.config.model
    has_access = world.commerce.has_access
    born = slice(a.born_by(month.index - 1), a.born_by(month.index))
    adopted[born, : len(cat.START_FEATURES)] = True

    reached = a.step_at < np.minimum(world.commerce.access_to, month.end)[:, None]
    adopted[:, cat.F_REPORTS] |= reached[:, cat.S_REPORT]
    connected = np.flatnonzero(
        reached[:, cat.S_INTEGRATION] & (a.step_at[:, cat.S_INTEGRATION] >= month.start)
    )
    adopted[connected, a.first_integration[connected]] = True

    has_insights = world.ledger.now.status[:, cat.SLOT_INSIGHTS] != cat.NONE
    insights = slice(cat.INSIGHTS_FEATURES.start, cat.INSIGHTS_FEATURES.stop)
    adopted[:, cat.INSIGHTS_FEATURES.start] |= has_insights
    adopted[:, insights] &= has_insights[:, None]

    open_to = ~adopted
    open_to[:, cat.F_REPORTS] = False  # comes with the onboarding step
    open_to[:, insights] &= has_insights[:, None]
    eager = model.feature_adoption * np.exp(
        0.4 * mood.feeling + 0.3 * mood.champion + 0.8 * mood.training - 0.3
    )
    takes = (
        has_access
        & reached[:, cat.S_LOGIN]
        & (rng.random(len(a)) < np.minimum(eager, 0.9))
        & open_to.any(axis=1)
    )
    takers = np.flatnonzero(takes)
    adopted[takers, np.argmax(rng.random((len(takers), len(cat.FEATURES))) * open_to[takers], axis=1)] = True

    weary = model.feature_drop * np.exp(-0.8 * mood.feeling)
    droppers = np.flatnonzero(has_access & (rng.random(len(a)) < np.minimum(weary, 0.5)))
    can_go = adopted[droppers].copy()
    can_go[:, : len(cat.START_FEATURES)] = False
    chosen = np.argmax(rng.random(can_go.shape) * can_go, axis=1)
    some = can_go.any(axis=1)
    adopted[droppers[some], chosen[some]] = False


@dataclass
class GaugeState:
    """Per account: data in gigabytes, app downloads so far, and whether its gauges are not renewed now."""

    data_volume: Floats
    downloads: Ints
    is_broken: Bools

    @staticmethod
    def empty(accounts: int) -> GaugeState:
        """Before the first gauge."""
        return GaugeState(
            np.zeros(accounts), np.zeros(accounts, dtype=np.int64), np.zeros(accounts, dtype=bool)
        )


def write_gauges(world: World, month: Month, roster: Roster, state: GaugeState) -> None:
    """Levels on the month's last day, where there is access and the gauges work."""
    model, data_volume = world.config.model, state.data_volume
    coin = world.rng("broken gauges", month.index).random(len(world.accounts))
    state.is_broken = coin < np.where(state.is_broken, 1 - model.gauge_mended, model.gauge_breaks)
    rng = world.rng("gauges", month.index)
    accounts = np.flatnonzero(world.commerce.has_access & (world.accounts.offered_at < month.end))
    users = roster.count[accounts]
    growth = 0.12 * users * np.exp(0.35 * world.mood.feeling[accounts] + rng.normal(0, 0.3, len(accounts)))
    data_volume[accounts] += growth
    adopted = world.adopted[accounts]
    integrations = adopted[:, cat.INTEGRATION_FEATURES.start : cat.INTEGRATION_FEATURES.stop].sum(axis=1)
    apps = adopted[:, cat.APP_FEATURES.start : cat.APP_FEATURES.stop].sum(axis=1)
    state.downloads[accounts] += world.rng("downloads", month.index).poisson(model.app_downloads * users)
    depth = np.exp(0.2 * world.mood.feeling[accounts]) * (1 + np.log1p(users))
    values = np.stack(
        [
            data_volume[accounts] * 1_000,
            rng.poisson(integrations * depth) * 1_000,
            integrations * 1_000,
            np.ceil(apps * depth) * 1_000,
            world.ledger.now.quantity[accounts, cat.SLOT_CORE] * 1_000,
            state.downloads[accounts] * 1_000,
        ],
        axis=1,
    ).astype(np.int64)
    measured = np.ones(values.shape, dtype=bool)
    measured[:, 1:4] = rng.random((len(accounts), 3)) > 0.01  # a probe that failed
    measured[:, 4] = _is_paying(world)[accounts]
    measured[:, 5] = model.app_downloads > 0
    measured[state.is_broken[accounts]] = False
    rows, measures = np.nonzero(measured)
    columns: dict[str, Column] = {
        "account_id": Ids("A", accounts[rows]),
        "measured_on": Dates(np.full(len(rows), month.end - DAY)),
        "measure": Texts(measures, cat.GAUGES),
        "value": Decimals(values[rows, measures], 3),
    }
    world.raw.write("usage_gauges", columns, month)


def _is_paying(world: World) -> Bools:
    return np.isin(world.ledger.now.status[:, cat.SLOT_CORE], (cat.ACTIVE, cat.PAST_DUE))
