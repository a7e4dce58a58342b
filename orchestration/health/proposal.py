"""A proposal for seeds/health/health_measures.csv: other weights, floors and ceilings, as a change to read."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from orchestration.health.backtest import Bools, Floats, folds, quality
from orchestration.health.config import HealthConfig, Measure
from orchestration.health.observed import Observed
from orchestration.health.proof import LEAD_DAYS, MAIN_HORIZON
from orchestration.health.tuning import (
    MIN_OUTCOMES,
    best_strength,
    fitted_weights,
    position,
    scores,
    suggested_scale,
)

# A row without weight is an error of the seed; to leave a measure out is a decision for a person.
_LEAST_WEIGHT = 0.1


@dataclass(frozen=True)
class Proposal:
    """Measures as history suggests them, and how well scores foretell on dates later than those fitted on.

    `present` and `proposed` are AUCs on the same rows; `are_scales_changed` is false where other floors and
    ceilings did not bear out on later dates, `tested_from` the first day that was tested.
    """

    measures: tuple[Measure, ...]
    present: float
    proposed: float
    tested_from: int
    are_scales_changed: bool


def propose(observed: Observed, config: HealthConfig) -> Proposal | None:
    """Fit weights and scales, and keep what later dates bore out; None where history is too short."""
    mature = observed.mature(MAIN_HORIZON)
    outcome = observed.churned(LEAD_DAYS, MAIN_HORIZON)[mature]
    day, values = observed.day[mature], observed.values[mature]
    # What a score did not use, such as a stale value, is not fitted with either.
    raw = np.where(np.isnan(values), np.nan, observed.raw[mature])
    weights = np.array([measure.weight for measure in config.measures])
    strength = best_strength(values, outcome, day, MAIN_HORIZON, weights)
    if strength is None:
        return None
    later = {False: np.full(len(day), np.nan), True: np.full(len(day), np.nan)}
    for fitted, tested in folds(day, MAIN_HORIZON):
        if outcome[fitted].sum() < MIN_OUTCOMES:
            continue
        for is_scaled, found in later.items():
            measures = _scaled(config.measures, raw, outcome, fitted) if is_scaled else config.measures
            placed = _placed(measures, raw)
            tuned = fitted_weights(placed[fitted], outcome[fitted], weights, strength)
            found[tested] = scores(placed[tested], tuned)
    known = ~np.isnan(later[False])
    account = observed.account[mature][known]

    def auc(score: Floats) -> float:
        return quality(-score[known], outcome[known], account).auc

    found = {is_scaled: auc(score) for is_scaled, score in later.items()}
    is_scaled = found[True] > found[False]
    everything = np.ones(len(day), dtype=bool)
    measures = _scaled(config.measures, raw, outcome, everything) if is_scaled else config.measures
    tuned = fitted_weights(_placed(measures, raw), outcome, weights, strength)
    return Proposal(
        measures=tuple(
            replace(measure, weight=max(round(float(weight), 1), _LEAST_WEIGHT))
            for measure, weight in zip(measures, tuned, strict=True)
        ),
        present=auc(observed.score[mature]),
        proposed=found[is_scaled],
        tested_from=int(day[known].min()),
        are_scales_changed=is_scaled,
    )


def proposed_seed(seed: str, measures: Sequence[Measure]) -> str:
    """The text of the seed with the measures' weights, floors and ceilings; all else stays as it is."""
    header, *lines = seed.splitlines(keepends=True)
    columns = next(csv.reader([header]))
    by_id = {measure.measure_id: measure for measure in measures}
    return header + "".join(_changed(line, columns, by_id) for line in lines)


def difference(seed: str, proposed: str) -> str:
    """The change as `git apply` reads it; empty where there is none."""
    path = "seeds/health/health_measures.csv"
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
