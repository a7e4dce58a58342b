"""Tests the score on history, beside simpler models, and each measure by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from orchestration.health.chances import CHANCE_HORIZONS, ChanceCurve
from orchestration.health.config import HealthConfig
from orchestration.health.evaluation.bands import band_worth, edge_worth
from orchestration.health.evaluation.chance_curves import chance_history
from orchestration.health.evaluation.metrics import (
    Bools,
    Days,
    Floats,
    Quality,
    brier,
    calibrated,
    calibration_bins,
    correlation,
    lift_bins,
    logistic,
    number_of,
    quality,
)
from orchestration.health.evaluation.observations import (
    NEVER,
    NOT_COMPARED,
    NOT_GIVEN,
    Customers,
    Observations,
)
from orchestration.health.evaluation.tuning import USUAL_STRENGTH, fitted_weights, out_of_sample_scores

HORIZONS = (30, 90, 180)
MAIN_HORIZON = 90
LEAD_DAYS = 0
LAGS = (0, 30, 60, 90)
LAG_DAYS = 30
# Every window that a figure is of, in days from a date on.
WINDOWS = tuple(sorted({*HORIZONS, *(lag + LAG_DAYS for lag in LAGS)}))
LATEST_DATES = 12
# The score as it would have been with what was recorded later too.
HINDSIGHT = "score_hindsight"
# With fewer outcomes a figure would be chance.
MIN_OUTCOMES = 10

Row = dict[str, Any]


@dataclass(frozen=True)
class Backtest:
    """What a backtest found: rows of health.backtest, health.leading_indicators and health.suggestions.

    `curve_rows` are the curves of the chance. The rest is of the main horizon: `calibration` and `lift` are
    curves; `bands` and `edges` say what bands, and other edges, are worth; `workload` counts customers per
    date. `suggested` is the quality of a score with weights fitted on earlier dates, `score_on_same` that of
    the present score on the same dates. All are empty or None where history is too short.
    """

    windows: list[Row]
    indicators: list[Row]
    suggestions: list[Row]
    curve_rows: list[Row]
    calibration: list[Row]
    lift: Mapping[str, list[float]]
    bands: list[Row]
    edges: list[Row]
    workload: Row
    suggested: Quality | None
    score_on_same: Quality | None

    @property
    def curves(self) -> list[ChanceCurve]:
        """The curves of the chance of leaving."""
        return [
            ChanceCurve(
                horizon_days=row["horizon_days"],
                from_date=row["from_date"],
                reason=row["reason"],
                intercept=row["intercept"],
                weights=tuple(row["weights"]),
            )
            for row in self.curve_rows
        ]

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
    curves: list[ChanceCurve] = []
    calibration: list[Row] = []
    lift: dict[str, list[float]] = {}
    bands: list[Row] = []
    edges: list[Row] = []
    workload: Row = {}
    suggested = score_on_same = None
    suggestions: list[Row] = []
    for horizon in HORIZONS:
        mature = observations.mature(horizon)
        outcome = observations.churned(LEAD_DAYS, horizon)[mature]
        fitted = chance_history(observations, config, horizon) if horizon in CHANCE_HORIZONS else None
        curves += fitted.curves if fitted else []
        if outcome.sum() < MIN_OUTCOMES:
            continue
        day = observations.day[mature]
        account = observations.account[mature]
        values = observations.values[mature]
        risks = _risks(observations, mature)
        chances = {name: calibrated(risk, outcome, day, horizon) for name, risk in risks.items()}
        chances["logistic"] = risks["logistic"] = logistic(values, outcome, day, horizon)
        if fitted:
            chances["chance"] = risks["chance"] = fitted.chance
        windows += _windows(observations, mature, outcome, horizon, risks=risks, chances=chances)
        hindsight = {HINDSIGHT: -observations.hindsight[mature]}
        windows += _windows(
            replace(observations, segments={}),
            mature,
            outcome,
            horizon,
            risks=hindsight,
            chances={HINDSIGHT: calibrated(_in_the_middle(hindsight[HINDSIGHT]), outcome, day, horizon)},
        )
        if horizon == MAIN_HORIZON:
            # Where no chance is shown per account, the plot says how far the score could give one.
            is_shown = not np.isnan(chances["chance"]).all()
            calibration = calibration_bins(chances["chance" if is_shown else "score"], outcome, account)
            # The dates on which every model that is shown had a risk.
            shown = {name: risk for name, risk in risks.items() if is_shown or name != "chance"}
            known = ~np.any([np.isnan(risk) for risk in shown.values()], axis=0)
            if known.any():
                lift = {name: lift_bins(risk[known], outcome[known]) for name, risk in shown.items()}
            of_date = observations.customers.day + horizon <= observations.newest_day
            customers = observations.customers.of(of_date)
            bands = list(_bands(customers, config))
            edges = _edges(customers)
            workload = _workload(customers, observations.every)
            fitted_now = fitted_weights(values, outcome, weights, USUAL_STRENGTH)
            suggestions = [
                {
                    "measure_id": measure.measure_id,
                    "weight": measure.weight,
                    "suggested_weight": round(float(weight), 1),
                }
                for measure, weight in zip(config.measures, fitted_now, strict=True)
            ]
            later = out_of_sample_scores(values, outcome, day, horizon, weights, strength=USUAL_STRENGTH)
            known = ~np.isnan(later)
            if outcome[known].sum() >= MIN_OUTCOMES:
                suggested = quality(-later[known], outcome[known], account[known])
                score_on_same = quality(risks["score"][known], outcome[known], account[known])
    return Backtest(
        windows=windows,
        indicators=list(_indicators(observations, config)),
        suggestions=suggestions,
        curve_rows=[{**asdict(curve), "weights": list(curve.weights)} for curve in curves],
        calibration=calibration,
        lift=lift,
        bands=bands,
        edges=edges,
        workload=workload,
        suggested=suggested,
        score_on_same=score_on_same,
    )


def _risks(observations: Observations, rows: Bools) -> dict[str, Floats]:
    """The score and the simpler models, each higher where an account is likelier to leave."""
    return {
        "score": -observations.score[rows],
        "tenure": -observations.tenure[rows],
        "recency": _in_the_middle(observations.recency[rows]),
        "end_of_term": _in_the_middle(-observations.term_days[rows]),
    }


def _in_the_middle(risk: Floats) -> Floats:
    """The risk; an account of which it is not known ranks in the middle."""
    known = ~np.isnan(risk)
    return np.where(known, risk, np.median(risk[known]) if known.any() else 0.0)


def _bands(customers: Customers, config: HealthConfig) -> Iterator[Row]:
    """What each band is worth: over all dates and the latest, with and without those who gave notice."""
    names = [*(band.health_band for band in config.bands), config.unknown_band]
    outcome = customers.churned(LEAD_DAYS, MAIN_HORIZON)
    everybody = np.ones(len(outcome), dtype=bool)
    for dates, of_dates in (("all", everybody), ("latest", _latest(customers.day))):
        for notice, of_notice in (("all", everybody), (NOT_GIVEN, ~customers.is_leaving)):
            rows = of_dates & of_notice
            for row in band_worth(customers.band[rows], outcome[rows], customers.mrr[rows], names):
                yield {"dates": dates, "notice": notice, **row}


def _edges(customers: Customers) -> list[Row]:
    """What other edges would be worth; who gave notice is red whatever the score, and left out."""
    rows = ~customers.is_leaving & ~np.isnan(customers.score)
    outcome = customers.churned(LEAD_DAYS, MAIN_HORIZON)
    return edge_worth(customers.score[rows], outcome[rows], customers.mrr[rows])


def _workload(customers: Customers, every: int) -> Row:
    """Customers, share of them with a score, and customer success managers, on the last date."""
    newest = customers.of(customers.day == customers.day.max())
    return {
        "as_of_date": _date(newest.day[0]),
        "customers": len(newest.day) * every,
        "csms": len(np.unique(newest.csm[newest.csm != "unknown"])),
        "scored_rate": float(np.mean(~np.isnan(newest.score))),
        "scored_rate_of_all_dates": float(np.mean(~np.isnan(customers.score))),
    }


def _latest(day: Days) -> Bools:
    return day >= np.unique(day)[-LATEST_DATES:][0]


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
    latest = _latest(day)
    everything = np.ones(len(day), dtype=bool)
    parts: list[tuple[Bools, str, str]] = [(everything, "all", "all")]
    for dimension, values in observations.segments.items():
        found = values[mature]
        parts += [
            (found == value, dimension, str(value)) for value in np.unique(found) if value != NOT_COMPARED
        ]
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
                found = quality(sign * values[rows], hits, observations.account[rows]) if enough else None
                yield {
                    "indicator_id": indicator,
                    "target_kpi_id": target,
                    "lag_days": lag,
                    "auc": _number(found.auc) if found else None,
                    "auc_low": _number(found.auc_low) if found else None,
                    "auc_high": _number(found.auc_high) if found else None,
                    "correlation": _number(correlation(values[rows], hits)) if enough else None,
                    "accounts": number_of(observations.account[rows]),
                    "outcomes": int(hits.sum()),
                    "direction_agrees": bool(found.auc > 0.5) if found else None,
                }


def _number(value: float) -> float | None:
    # Rounded, so that the order of additions does not show.
    return None if np.isnan(value) else round(float(value), 9)


def _date(day: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(day))
