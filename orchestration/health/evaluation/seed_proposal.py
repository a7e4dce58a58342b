"""A proposal for the seed health_measures: other weights, floors and ceilings, as a diff."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from orchestration.health.config import HealthConfig, Measure
from orchestration.health.evaluation.backtest import LEAD_DAYS, MAIN_HORIZON
from orchestration.health.evaluation.metrics import Bools, Floats, auc_of, folds
from orchestration.health.evaluation.observations import Observations
from orchestration.health.evaluation.tuning import (
    MIN_OUTCOMES,
    best_strength,
    fitted_weights,
    position,
    scores,
    suggested_scale,
    timing_weights,
)
from orchestration.health.seeds import file_of

# What is tried: other weights; other floors and ceilings too; more or less weight of timing alone.
KINDS = ("weights", "scales", "timing")
# The seed allows no weight of 0; leaving a measure out is a person's decision.
_LEAST_WEIGHT = 0.1


@dataclass(frozen=True)
class Proposal:
    """Measures as history suggests them, and how well scores predict on dates after those fitted on.

    `present` and `proposed` are AUCs on the same rows. Where no others predicted better on later dates, the
    present measures stay and both are equal. `are_scales_changed` is false where other floors and ceilings
    did not. `tested_from` is the first day tested, from 1970-01-01.
    """

    measures: tuple[Measure, ...]
    present: float
    proposed: float
    tested_from: int
    are_scales_changed: bool


def propose(observations: Observations, config: HealthConfig) -> Proposal | None:
    """Fit weights and scales and keep what predicts better on later dates; None with too little history."""
    mature = observations.mature(MAIN_HORIZON)
    outcome = observations.churned(LEAD_DAYS, MAIN_HORIZON)[mature]
    day, values = observations.day[mature], observations.values[mature]
    # A value that the score did not use, such as a stale one, is left out of the fit too.
    raw = np.where(np.isnan(values), np.nan, observations.raw[mature])
    weights = np.array([measure.weight for measure in config.measures])
    strength = best_strength(values, outcome, day, MAIN_HORIZON, weights)
    if strength is None:
        return None
    is_timing = np.array([measure.is_timing for measure in config.measures])

    def fitted(kind: str, rows: Bools) -> tuple[tuple[Measure, ...], Floats]:
        measures = _scaled(config.measures, raw, outcome, rows) if kind == "scales" else config.measures
        placed = _placed(measures, raw)[rows]
        if kind == "timing":
            return measures, timing_weights(placed, outcome[rows], weights, is_timing)
        return measures, fitted_weights(placed, outcome[rows], weights, strength)

    later = {kind: np.full(len(day), np.nan) for kind in KINDS}
    for fitted_on, tested in folds(day, MAIN_HORIZON):
        if outcome[fitted_on].sum() < MIN_OUTCOMES:
            continue
        for kind, found in later.items():
            measures, tuned = fitted(kind, fitted_on)
            found[tested] = scores(_placed(measures, raw)[tested], tuned)
    known = ~np.isnan(later[KINDS[0]])

    def auc(score: Floats) -> float:
        return auc_of(-score[known], outcome[known])

    found = {kind: auc(score) for kind, score in later.items()}
    best = max(KINDS, key=lambda kind: found[kind])
    present, tested_from = auc(observations.score[mature]), int(day[known].min())
    if found[best] <= present:
        return Proposal(config.measures, present, present, tested_from, are_scales_changed=False)
    measures, tuned = fitted(best, np.ones(len(day), dtype=bool))
    return Proposal(
        measures=tuple(
            replace(measure, weight=max(round(float(weight), 1), _LEAST_WEIGHT))
            for measure, weight in zip(measures, tuned, strict=True)
        ),
        present=present,
        proposed=found[best],
        tested_from=tested_from,
        are_scales_changed=best == "scales",
    )


def proposed_seed(seed: str, measures: Sequence[Measure]) -> str:
    """The text of the seed with the measures' weights, floors and ceilings; all else stays."""
    header, *lines = seed.splitlines(keepends=True)
    columns = next(csv.reader([header]))
    by_id = {measure.measure_id: measure for measure in measures}
    return header + "".join(_changed(line, columns, by_id) for line in lines)


def difference(seed: str, proposed: str) -> str:
    """The change as `git apply` takes it; empty where there is none."""
    path = file_of("health_measures")
    return "".join(
        difflib.unified_diff(
            seed.splitlines(keepends=True), proposed.splitlines(keepends=True), f"a/{path}", f"b/{path}", n=0
        )
    )


def _changed(line: str, columns: Sequence[str], by_id: Mapping[str, Measure]) -> str:
    values = next(csv.reader([line]), [])
    if len(values) != len(columns):
        return line
    row = dict(zip(columns, values, strict=True))
    measure = by_id.get(row["measure_id"])
    if measure is None:
        return line
    wanted = {"floor": measure.floor, "ceiling": measure.ceiling, "weight": measure.weight}
    if all(float(row[name]) == number for name, number in wanted.items()):
        return line
    row |= {name: f"{number:g}" for name, number in wanted.items()}
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row.values())
    return text.getvalue()


def _scaled(measures: Sequence[Measure], raw: Floats, outcome: Bools, rows: Bools) -> tuple[Measure, ...]:
    return tuple(
        suggested_scale(measure, raw[rows, number], outcome[rows]) for number, measure in enumerate(measures)
    )


def _placed(measures: Sequence[Measure], raw: Floats) -> Floats:
    return np.column_stack([position(measure, raw[:, number]) for number, measure in enumerate(measures)])
