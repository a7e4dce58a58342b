"""Tests the score on history, beside simpler models, and each measure by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from orchestration.health.config import HealthConfig
from orchestration.health.evaluation.metrics import (
    Bools,
    Floats,
    Quality,
    auc_of,
    brier,
    calibrated,
    calibration_bins,
    correlation,
    lift_bins,
    logistic,
    number_of,
    quality,
)
from orchestration.health.evaluation.observations import NEVER, Observations
from orchestration.health.evaluation.tuning import USUAL_STRENGTH, fitted_weights, out_of_sample_scores

HORIZONS = (30, 90, 180)
MAIN_HORIZON = 90
LEAD_DAYS = 0
LAGS = (0, 30, 60, 90)
LAG_DAYS = 30
# Every window that a figure is of, in days from a date on.
WINDOWS = tuple(sorted({*HORIZONS, *(lag + LAG_DAYS for lag in LAGS)}))
LATEST_DATES = 12
# With fewer outcomes a figure would be chance.
MIN_OUTCOMES = 10

Row = dict[str, Any]


@dataclass(frozen=True)
class Backtest:
    """What a backtest found: rows of health.backtest, health.leading_indicators and health.suggestions.

    `calibration` and `lift` are the curves of the main horizon. `suggested` is the quality of a score with
    weights fitted on earlier dates, `score_on_same` that of the present score on the same dates. All are
    empty or None where history is too short.
    """

    windows: list[Row]
    indicators: list[Row]
    suggestions: list[Row]
    calibration: list[tuple[float, float, int]]
    lift: Mapping[str, list[float]]
    suggested: Quality | None
    score_on_same: Quality | None

    @property
    def tables(self) -> dict[str, list[Row]]:
        """The rows by the table that they are of."""
        return {
            "health.backtest": self.windows,
            "health.leading_indicators": self.indicators,
            "health.suggestions": self.suggestions,
        }

    def figure(self, model: str, horizon_days: int = MAIN_HORIZON, latest: bool = False) -> Row | None:
        """The row of all accounts for a model and horizon, over all dates or the latest; None without one."""
        rows = [
            row
            for row in self.windows
            if row["model"] == model
            and row["horizon_days"] == horizon_days
            and row["segment_dimension"] == "all"
        ]
        return (rows[-1] if latest else rows[0]) if rows else None


def run_backtest(observations: Observations, config: HealthConfig) -> Backtest:
    """Test the score on every past date whose horizon is over."""
    # Comparing accounts is most of the work, and numbers compare faster than texts.
    observations = replace(observations, account=np.unique(observations.account, return_inverse=True)[1])
    weights = np.array([measure.weight for measure in config.measures])
    windows: list[Row] = []
    calibration: list[tuple[float, float, int]] = []
    lift: dict[str, list[float]] = {}
    suggested = score_on_same = None
    suggestions: list[Row] = []
    for horizon in HORIZONS:
        mature = observations.mature(horizon)
        outcome = observations.churned(LEAD_DAYS, horizon)[mature]
        if outcome.sum() < MIN_OUTCOMES:
            continue
        day = observations.day[mature]
        values = observations.values[mature]
        risks = _risks(observations, mature)
        chances = {name: calibrated(risk, outcome, day, horizon) for name, risk in risks.items()}
        chances["logistic"] = risks["logistic"] = logistic(values, outcome, day, horizon)
        windows += _windows(observations, mature, outcome, horizon, risks=risks, chances=chances)
        if horizon == MAIN_HORIZON:
            calibration = calibration_bins(chances["score"], outcome)
            known = ~np.isnan(risks["logistic"])
            lift = {
                name: lift_bins(risk[known], outcome[known]) for name, risk in risks.items() if known.any()
            }
            fitted = fitted_weights(values, outcome, weights, USUAL_STRENGTH)
            suggestions = [
                {
                    "measure_id": measure.measure_id,
                    "weight": measure.weight,
                    "suggested_weight": round(float(weight), 1),
                }
                for measure, weight in zip(config.measures, fitted, strict=True)
            ]
            later = out_of_sample_scores(values, outcome, day, horizon, weights, strength=USUAL_STRENGTH)
            known = ~np.isnan(later)
            if outcome[known].sum() >= MIN_OUTCOMES:
                account = observations.account[mature][known]
                suggested = quality(-later[known], outcome[known], account)
                score_on_same = quality(risks["score"][known], outcome[known], account)
    indicators = list(_indicators(observations, config))
    return Backtest(windows, indicators, suggestions, calibration, lift, suggested, score_on_same)


def _risks(observations: Observations, rows: Bools) -> dict[str, Floats]:
    """The score and the simpler models, each higher where an account is likelier to leave."""
    recency = observations.recency[rows]
    # Without recorded usage an account is neither idle nor active: it ranks in the middle.
    middle = np.nanmedian(recency) if not np.isnan(recency).all() else 0.0
    return {
        "score": -observations.score[rows],
        "tenure": -observations.tenure[rows],
        "recency": np.where(np.isnan(recency), middle, recency),
    }


def _windows(
    observations: Observations,
    mature: Bools,
    outcome: Bools,
    horizon: int,
    *,
    risks: Mapping[str, Floats],
    chances: Mapping[str, Floats],
) -> Iterator[Row]:
    day = observations.day[mature]
    account = observations.account[mature]
    latest = day >= np.unique(day)[-LATEST_DATES:][0]
    everything = np.ones(len(day), dtype=bool)
    parts: list[tuple[Bools, str, str]] = [(everything, "all", "all")]
    for dimension, values in observations.segments.items():
        found = values[mature]
        parts += [(found == value, dimension, str(value)) for value in np.unique(found)]
    parts.append((latest, "all", "all"))
    for part, dimension, value in parts:
        for model, risk in risks.items():
            known = ~np.isnan(risk)
            rows = part & known
            churned = outcome[rows]
            # Where a model has only the latest dates, its row of all dates says the same.
            if not rows.any() or (part is latest and not (known & ~latest).any()):
                continue
            enough = churned.sum() >= MIN_OUTCOMES
            found = quality(risk[rows], churned, account[rows]) if enough else None
            yield {
                "as_of_from": _date(day[rows].min()),
                "as_of_to": _date(day[rows].max()),
                "lead_days": LEAD_DAYS,
                "horizon_days": horizon,
                "segment_dimension": dimension,
                "segment_value": value,
                "model": model,
                "auc": _number(found.auc) if found else None,
                "auc_low": _number(found.auc_low) if found else None,
                "auc_high": _number(found.auc_high) if found else None,
                "lift_top_decile": _number(found.lift_top_decile) if found else None,
                "brier": _number(brier(chances[model][rows], churned)) if enough else None,
                "accounts": number_of(account[rows]),
                "churned": number_of(account[rows][churned]),
                "account_dates": int(rows.sum()),
                "churned_account_dates": int(churned.sum()),
            }


def _indicators(observations: Observations, config: HealthConfig) -> Iterator[Row]:
    """How well each measure and each other fact predicts what happens in the LAG_DAYS after a lag."""
    better = [measure.higher_is_better for measure in config.measures]
    named = {
        measure.measure_id: (observations.raw[:, number], better[number])
        for number, measure in enumerate(config.measures)
    }
    named |= {name: (values, True) for name, values in observations.others.items()}
    targets = {"customer_churn_rate": observations.churn_day, "expansion_rate": observations.expansion_day}
    for lag in LAGS:
        mature = observations.mature(lag + LAG_DAYS)
        for target, happened in targets.items():
            waited = np.minimum(happened, NEVER - 1) - observations.day
            at_risk = mature & ((happened == NEVER) | (waited > lag))
            outcome = (happened != NEVER) & (waited <= lag + LAG_DAYS)
            for indicator, (values, is_better) in named.items():
                rows = at_risk & np.isfinite(values)
                hits = outcome[rows]
                # A better value should mean less churn and more expansion.
                sign = (1.0 if is_better else -1.0) * (-1.0 if target == "customer_churn_rate" else 1.0)
                enough = MIN_OUTCOMES <= hits.sum() < len(hits)
                auc = auc_of(sign * values[rows], hits) if enough else np.nan
                yield {
                    "indicator_id": indicator,
                    "target_kpi_id": target,
                    "lag_days": lag,
                    "auc": _number(auc),
                    "correlation": _number(correlation(values[rows], hits)) if enough else None,
                    "accounts": number_of(observations.account[rows]),
                    "outcomes": int(hits.sum()),
                    "direction_agrees": bool(auc > 0.5) if enough else None,
                }


def _number(value: float) -> float | None:
    # Rounded, so that the order of additions does not show.
    return None if np.isnan(value) else round(float(value), 9)


def _date(day: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(day))
