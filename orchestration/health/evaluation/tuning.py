"""Weights and scales that would have predicted best, as a suggestion.

The weights are fitted as the score uses them: a logistic curve over the weighted mean, weights never negative
and drawn towards the present ones where history says little. `scores` and `position` are the formula of
`orchestration.health.scoring` over arrays; a test holds both to the same numbers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from orchestration.health.config import Measure
from orchestration.health.evaluation.metrics import Bools, Days, Floats, auc_of, folds

# Tried in this order; of equals the first counts, which changes the weights least.
STRENGTHS = (1.0, 0.3, 0.1, 0.03, 0.01)
# The daily run uses this one; `make tune-health` looks for the best of STRENGTHS.
USUAL_STRENGTH = 0.03
MIN_OUTCOMES = 30
# By how much what is due may weigh more or less beside how the customer is doing.
TIMING_FACTORS = (1.0, 0.5, 0.7, 1.5, 2.0, 3.0, 4.0)


def fitted_weights(values: Floats, outcome: Bools, weights: Floats, strength: float) -> Floats:
    """Weights with which the score predicts the outcome best; they sum to what `weights` sum to.

    Args:
        values: rows x measures, 0-1, NaN where a measure is not used.
        outcome: one per row.
        weights: the present ones; a measure that is never used keeps its own.
        strength: times the squared distance from the present shares, it is added to the loss per measure.
    """
    from scipy.optimize import minimize  # noqa: PLC0415

    used = ~np.isnan(values)
    filled = np.where(used, values, 0.0)
    seen = used.astype(np.float64)
    total = weights.sum()
    shares, count = weights / total, len(weights)
    target = outcome.astype(np.float64)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        level, slope, share = parameters[0], parameters[1], parameters[2:]
        below = seen @ share + 1e-9
        score = filled @ share / below
        logit = level - slope * score
        apart = share - shares
        value = float(np.mean(np.logaddexp(0.0, logit) - target * logit))
        pull = (1.0 / (1.0 + np.exp(-logit)) - target) / len(target)
        by_score = -slope * pull / below
        gradient = filled.T @ by_score - seen.T @ (by_score * score) + 2 * strength * count * apart
        return (
            value + strength * count * float(apart @ apart),
            np.concatenate([[pull.sum(), -float(pull @ score)], gradient]),
        )

    start = np.concatenate([[0.0, 5.0], shares])
    bounds = [(None, None), (0.0, 60.0), *([(0.0, None)] * count)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300}).x[2:]
    known = used.any(axis=0) & (found.sum() > 0)
    scale = weights[known].sum() / max(float(found[known].sum()), 1e-12)
    return np.where(known, found * scale, weights)


def timing_weights(values: Floats, outcome: Bools, weights: Floats, is_timing: Bools) -> Floats:
    """The weights with those of timing times the factor of TIMING_FACTORS that ranks leavers best.

    One number is fitted, so that few leavers suffice; by rank, because a logistic curve over the mean bends
    where timing and health meet, and draws timing to less than ranks best.
    """
    best = weights
    highest = -np.inf
    for factor in TIMING_FACTORS:
        tried = np.where(is_timing, weights * factor, weights)
        score = scores(values, tried)
        known = ~np.isnan(score)
        auc = auc_of(-score[known], outcome[known])
        if auc > highest + 0.0005:
            best, highest = tried, auc
    return best * (weights.sum() / best.sum())


def scores(values: Floats, weights: Floats) -> Floats:
    """The score 0-100 of each row; NaN where no measure is used."""
    used = ~np.isnan(values)
    below = used @ weights
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below > 0, 100 * (np.where(used, values, 0.0) @ weights) / below, np.nan)


def out_of_sample_scores(
    values: Floats, outcome: Bools, day: Days, horizon_days: int, weights: Floats, *, strength: float
) -> Floats:
    """Scores by weights that were fitted on earlier dates alone; NaN on dates without earlier ones."""
    found = np.full(len(outcome), np.nan)
    for fitted, tested in folds(day, horizon_days):
        if outcome[fitted].sum() >= MIN_OUTCOMES:
            tuned = fitted_weights(values[fitted], outcome[fitted], weights, strength)
            found[tested] = scores(values[tested], tuned)
    return found


def best_strength(
    values: Floats, outcome: Bools, day: Days, horizon_days: int, weights: Floats
) -> float | None:
    """The strength whose weights predict later dates best; None where history is too short."""
    best: tuple[float, float] | None = None
    for strength in STRENGTHS:
        score = out_of_sample_scores(values, outcome, day, horizon_days, weights, strength=strength)
        known = ~np.isnan(score)
        if not known.any() or not outcome[known].any():
            return None
        auc = auc_of(-score[known], outcome[known])
        if best is None or auc > best[0] + 0.0005:
            best = (auc, strength)
    return best[1] if best else None


def suggested_scale(measure: Measure, raw: Floats, outcome: Bools) -> Measure:
    """The measure with the floor and ceiling between which the outcome changes most.

    Candidates are the present ends and the 5th, 10th, 25th, 50th, 75th, 90th and 95th percentile of the
    values, rounded to two digits. The pair whose logistic curve fits best is taken, but the present one stays
    unless the other fits better by more than chance would (Bayesian information criterion, two ends).
    """
    known = np.isfinite(raw)
    if outcome[known].sum() < MIN_OUTCOMES:
        return measure
    ends = {measure.floor, measure.ceiling}
    ends |= {_rounded(end) for end in np.quantile(raw[known], (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95))}
    present = _log_likelihood(measure, raw[known], outcome[known])
    best, chosen = present + float(np.log(known.sum())), measure
    for floor in sorted(ends):
        for ceiling in sorted(ends):
            if floor < ceiling:
                other = replace(measure, floor=floor, ceiling=ceiling)
                fit = _log_likelihood(other, raw[known], outcome[known])
                if fit > best:
                    best, chosen = fit, other
    return chosen


def position(measure: Measure, raw: Floats) -> Floats:
    """Raw values between bad (0) and good (1); NaN stays NaN."""
    place = np.clip((raw - measure.floor) / (measure.ceiling - measure.floor), 0.0, 1.0)
    return place if measure.higher_is_better else 1.0 - place


def _rounded(number: float) -> float:
    return float(f"{number:.2g}")


def _log_likelihood(measure: Measure, raw: Floats, outcome: Bools) -> float:
    """The log-likelihood of the best logistic curve over the measure that never falls as it gets worse."""
    place = position(measure, raw)
    # Rows of equal value count together: most measures have few values, so the fit is fast.
    value, row = np.unique(np.round(place, 3), return_inverse=True)
    rows = np.bincount(row).astype(np.float64)
    hits = np.bincount(row, outcome).astype(np.float64)
    level, slope = np.log(hits.sum() / (rows.sum() - hits.sum())), 0.0
    for _ in range(25):
        chance = 1.0 / (1.0 + np.exp(-np.clip(level - slope * value, -30, 30)))
        spread = rows * chance * (1 - chance)
        apart = hits - rows * chance
        matrix = np.array([[spread.sum(), -(spread @ value)], [-(spread @ value), spread @ value**2 + 1e-6]])
        step = np.linalg.solve(matrix + 1e-9 * np.eye(2), np.array([apart.sum(), -(apart @ value)]))
        level, slope = level + step[0], slope + step[1]
        if np.abs(step).max() < 1e-6:
            break
    if slope < 0:
        chance, level = np.full(len(value), hits.sum() / rows.sum()), 0.0
    chance = np.clip(chance, 1e-9, 1 - 1e-9)
    return float(hits @ np.log(chance) + (rows - hits) @ np.log(1 - chance))
