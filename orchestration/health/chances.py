"""The chance that a customer leaves: a logistic curve over what is due and how the customer is doing.

The backtest fits the curves on a sample; here they are applied to every account. Narwhals, as in
`orchestration.health.scoring`: the engine that holds the data does the work, and nothing is collected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from orchestration.health.config import HealthConfig
from orchestration.health.scoring import ACCOUNT, DECIMALS, Frame, value_of, weigh_measures

CHANCES = "health.churn_chances"
# Days within which an account may leave.
CHANCE_HORIZONS = (30, 90)
# What a curve is over, each from 0 to 1. A greater value never lowers the chance, but for the last one.
INPUTS = (
    "unhealthy",
    "past_due",
    "notice",
    "due",
    "notice_when_due",
    "scheduled",
    "due_repeatedly",
)
FREE_INPUTS = ("due_repeatedly",)
# So that the same history gives the same chance, whichever library added the numbers up.
CHANCE_DECIMALS = 6
NO_SCORE = "no_score"
TOO_FEW_WINDOWS = "too_few_windows"
TOO_FEW_CHURNS = "too_few_churns"
TOO_FEW_LEAVERS = "too_few_leavers"


@dataclass(frozen=True)
class ChanceCurve:
    """The chance of leaving within `horizon_days`, for as-of dates from `from_date` until the next curve's.

    `weights` has one number per input of INPUTS. Where `reason` says why history did not suffice, there is no
    chance and the numbers mean nothing.
    """

    horizon_days: int
    from_date: dt.date
    reason: str | None
    intercept: float = 0.0
    weights: tuple[float, ...] = (0.0,) * len(INPUTS)


def with_inputs(weighed: Frame, config: HealthConfig, horizon_days: int) -> nw.LazyFrame[Any]:
    """Add the inputs of the curves for a horizon, in columns that `input_of` names.

    `weighed` has the columns of `weigh_measures`. What is not known counts as nothing due; an account whose
    health is not known apart from what is due has the middle of the scale.
    """
    due = nw.col("days_to_term_end") <= horizon_days
    notice = nw.col("notice_given").cast(nw.Float64).fill_null(0.0)
    inputs = {
        "unhealthy": (1.0 - _health(config) / 100.0).fill_null(0.5),
        "past_due": nw.col("past_due_share").cast(nw.Float64).clip(0.0, 1.0).fill_null(0.0),
        "notice": notice,
        "due": _one_where(due),
        "notice_when_due": notice * _one_where(due),
        "scheduled": _one_where(nw.col("days_to_scheduled_end") <= horizon_days),
        # Monthly payers can leave several times within 90 days.
        "due_repeatedly": _one_where(due & (nw.col("billing_days") * 2 <= horizon_days)),
    }
    return weighed.lazy().with_columns(
        value.round(DECIMALS).alias(input_of(name, horizon_days)) for name, value in inputs.items()
    )


def input_of(name: str, horizon_days: int) -> str:
    """Name the column that holds an input of a horizon."""
    return f"input_{name}_{horizon_days}d"


def estimate_chances(
    measures: Frame, config: HealthConfig, curves: Sequence[ChanceCurve]
) -> nw.LazyFrame[Any]:
    """Give each row of `measures`, as `weigh_measures` takes them, the columns of CHANCES.

    A chance is NULL where the account has no score or no curve is for its date; the reason is that of the
    longest horizon without one. Of one account and date a longer horizon's chance is never the lower one.
    """
    rows = weigh_measures(measures, config)
    for horizon in CHANCE_HORIZONS:
        rows = with_inputs(rows, config, horizon)
    short, long = (_chance(curves, horizon) for horizon in CHANCE_HORIZONS)
    reasons = [_reason(curves, horizon) for horizon in reversed(CHANCE_HORIZONS)]
    has_no_score = nw.col("score").is_null()
    return rows.select(
        *ACCOUNT,
        nw.when(~has_no_score).then(short).alias("short"),
        nw.when(~has_no_score).then(long).alias("long"),
        nw.when(has_no_score)
        .then(nw.lit(NO_SCORE))
        .otherwise(nw.coalesce(*reasons))
        .alias("churn_chance_reason"),
    ).select(
        *ACCOUNT,
        nw.col("short").round(CHANCE_DECIMALS).alias("churn_chance_30d"),
        nw.when(~nw.col("long").is_null())
        .then(nw.max_horizontal("short", "long"))
        .round(CHANCE_DECIMALS)
        .alias("churn_chance_90d"),
        "churn_chance_reason",
    )


def _health(config: HealthConfig) -> nw.Expr:
    """Give the score without what is due; NULL where no such measure is used."""
    measures = [measure for measure in config.measures if not measure.is_timing]
    zero = nw.lit(0.0)
    earned = nw.sum_horizontal(zero, *(nw.col(value_of(m)) * m.weight for m in measures))
    used = nw.sum_horizontal(
        zero, *(nw.when(~nw.col(value_of(m)).is_null()).then(nw.lit(m.weight)) for m in measures)
    )
    return nw.when(used > 0).then(100.0 * earned / used)


def _one_where(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition.fill_null(False)).then(nw.lit(1.0)).otherwise(nw.lit(0.0))


def _chance(curves: Sequence[ChanceCurve], horizon_days: int) -> nw.Expr:
    """Give the chance by the curve of the date; NULL where none is."""

    def chance(curve: ChanceCurve) -> nw.Expr:
        logit = nw.lit(curve.intercept)
        for name, weight in zip(INPUTS, curve.weights, strict=True):
            logit = logit + nw.col(input_of(name, horizon_days)) * weight
        return 1.0 / (1.0 + (-1.0 * logit).exp())

    # The newest first: a date before all curves has none.
    return _of_date(
        [(curve, None if curve.reason else chance(curve)) for curve in _newest_first(curves, horizon_days)],
        nw.lit(None, nw.Float64),
    )


def _reason(curves: Sequence[ChanceCurve], horizon_days: int) -> nw.Expr:
    """Give why there is no chance on the date; NULL where there is one."""
    return _of_date(
        [
            (curve, nw.lit(curve.reason) if curve.reason else None)
            for curve in _newest_first(curves, horizon_days)
        ],
        nw.lit(None, nw.String),
        nw.lit(TOO_FEW_WINDOWS),
    )


def _newest_first(curves: Sequence[ChanceCurve], horizon_days: int) -> list[ChanceCurve]:
    of_horizon = [curve for curve in curves if curve.horizon_days == horizon_days]
    return sorted(of_horizon, key=lambda curve: curve.from_date, reverse=True)


def _of_date(
    found: Sequence[tuple[ChanceCurve, nw.Expr | None]], nothing: nw.Expr, before: nw.Expr | None = None
) -> nw.Expr:
    """Choose by the curve that is for the as-of date; `nothing` where it has None, `before` before all."""
    chosen = nothing if before is None else before
    for curve, value in reversed(found):
        is_of_curve = nw.col("as_of_date") >= nw.lit(curve.from_date)
        chosen = nw.when(is_of_curve).then(nothing if value is None else value).otherwise(chosen)
    return chosen
