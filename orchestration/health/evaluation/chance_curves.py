"""Fits the curves of `orchestration.health.chances`, each on windows that were over when it begins."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from orchestration.health.chances import (
    FREE_INPUTS,
    INPUTS,
    TOO_FEW_CHURNS,
    TOO_FEW_LEAVERS,
    TOO_FEW_WINDOWS,
    ChanceCurve,
)
from orchestration.health.config import HealthConfig
from orchestration.health.evaluation.metrics import Bools, Floats, folds
from orchestration.health.evaluation.observations import Observations

# Keeps a weight finite where an input alone decides.
_RIDGE = 1e-5
_DIGITS = 9
_FIRST_DAY = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class ChanceHistory:
    """The curves of one horizon, and by them the chance of each row whose window is over; NaN without one."""

    curves: list[ChanceCurve]
    chance: Floats


def chance_history(observations: Observations, config: HealthConfig, horizon_days: int) -> ChanceHistory:
    """Fit a curve for each part of history, as `folds` cuts it, and one for the newest dates.

    `chance` has one entry per row of `observations.mature(horizon_days)`: all are out of time.
    """
    mature = observations.mature(horizon_days)
    day = observations.day[mature]
    inputs = observations.inputs[str(horizon_days)][mature]
    outcome = observations.churned(0, horizon_days)[mature]
    chance = np.full(len(day), np.nan)
    curves = []
    for fitted, tested in folds(day, horizon_days):
        curve = _curve(observations, config, horizon_days, int(day[tested].min()))
        curves.append(_fitted(curve, inputs[fitted], outcome[fitted]))
        chance[tested] = chances(curves[-1], inputs[tested])
    if len(day):
        newest = _curve(observations, config, horizon_days, int(day.max()) + horizon_days)
        curves.append(_fitted(newest, inputs, outcome))
    return ChanceHistory(curves, chance)


def chances(curve: ChanceCurve, inputs: Floats) -> Floats:
    """The chance of each row of inputs (rows x INPUTS) by a curve; NaN where there is none."""
    if curve.reason:
        return np.full(len(inputs), np.nan)
    return 1.0 / (1.0 + np.exp(-(curve.intercept + inputs @ np.array(curve.weights))))


def _curve(observations: Observations, config: HealthConfig, horizon_days: int, day: int) -> ChanceCurve:
    """The curve of a day without its numbers, or with the reason why it has none."""
    over = observations.day + horizon_days <= day
    left = observations.churned(0, horizon_days) & over
    # A leaver is in the windows of several dates, and counts once for each time that it left.
    known = observations.churn_day <= day
    reason = None
    if len(np.unique(observations.day[over])) < config.chance_min_windows:
        reason = TOO_FEW_WINDOWS
    elif _leavers(observations, left) < config.chance_min_churns:
        reason = TOO_FEW_CHURNS
    elif _leavers(observations, known) < config.chance_min_leavers:
        reason = TOO_FEW_LEAVERS
    return ChanceCurve(horizon_days, _FIRST_DAY + dt.timedelta(day), reason)


def _leavers(observations: Observations, rows: Bools) -> int:
    _, account = np.unique(observations.account[rows], return_inverse=True)
    return len(np.unique(account * 100_000 + observations.churn_day[rows]))


def _fitted(curve: ChanceCurve, inputs: Floats, outcome: Bools) -> ChanceCurve:
    """The curve that makes the outcomes likeliest; only weights of FREE_INPUTS may be negative."""
    from scipy.optimize import minimize  # noqa: PLC0415

    if curve.reason:
        return curve
    target = outcome.astype(np.float64)
    columns = np.column_stack([np.ones(len(inputs)), inputs])

    def loss(numbers: Floats) -> tuple[float, Floats]:
        logit = columns @ numbers
        value = float(np.mean(np.logaddexp(0.0, logit) - target * logit))
        pull = (1.0 / (1.0 + np.exp(-logit)) - target) / len(target)
        apart = np.concatenate([[0.0], numbers[1:]])
        return value + _RIDGE * float(apart @ apart), columns.T @ pull + 2 * _RIDGE * apart

    rate = min(max(float(target.mean()), 1e-6), 1 - 1e-6)
    start = np.concatenate([[np.log(rate / (1 - rate))], np.zeros(len(INPUTS))])
    bounds = [(None, None), *((None, None) if name in FREE_INPUTS else (0.0, None) for name in INPUTS)]
    options = {"maxiter": 500, "ftol": 1e-12, "gtol": 1e-8}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    intercept, *weights = (round(float(number), _DIGITS) for number in found)
    return ChanceCurve(curve.horizon_days, curve.from_date, None, intercept, tuple(weights))
