"""How well a risk predicts what came after: mathematics over arrays with one entry per account and date.

A risk is any number that is higher where an account is more likely to leave. An account is there on many
dates, so an interval counts accounts, not rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Days = NDArray[np.int64]

FOLDS = 4
BINS = 10
_NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Quality:
    """How well a risk predicts an outcome; a figure is NaN where there are too few rows for it.

    `auc`: the chance that, of a row with the outcome and a row without it, the first has the higher risk.
    `lift_top_decile`: the rate of the outcome in the riskiest tenth of the rows / its rate in all.
    """

    auc: float
    auc_low: float
    auc_high: float
    lift_top_decile: float


def on_one_thread() -> AbstractContextManager[Any]:
    """A block in which linear algebra uses one thread.

    So results do not depend on the number of cores, and no thread waits for a busy core.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    return threadpool_limits(1)


def number_of(account: NDArray[np.int64]) -> int:
    """How many accounts there are; `account` holds numbers from 0 on."""
    return int(np.count_nonzero(np.bincount(account)))


def auc_of(risk: Floats, outcome: Bools) -> float:
    """AUC alone, as `quality` gives it to 1e-9; NaN where all rows have the same outcome."""
    positives, negatives = int(outcome.sum()), int((~outcome).sum())
    if positives == 0 or negatives == 0:
        return np.nan
    place, ranks, *_ = _ranks(risk, outcome)
    return float((ranks[place[outcome]].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def quality(risk: Floats, outcome: Bools, account: NDArray[np.int64]) -> Quality:
    """AUC, its 95 % interval, and the lift of the riskiest tenth; `account` holds numbers from 0 on.

    The interval is Obuchowski's for clustered data (Biometrics 1997): the AUC is a mean of one placement per
    row; their deviations are summed by account, and the variance is that of the sums. Normal, cut to 0-1.
    """
    positives, negatives = int(outcome.sum()), int((~outcome).sum())
    if positives == 0 or negatives == 0:
        return Quality(np.nan, np.nan, np.nan, np.nan)
    place, ranks, of_outcome, of_others = _ranks(risk, outcome)
    within = np.where(outcome, of_outcome[place], of_others[place])
    ranks = ranks[place]
    # Share of the other class that a row beats (or, without the outcome, is beaten by); ties count half.
    placement = np.where(outcome, (ranks - within) / negatives, 1 - (ranks - within) / positives)
    auc = float(placement[outcome].mean())
    share = np.where(outcome, 1 / positives, 1 / negatives)
    sums = np.bincount(account, (placement - auc) * share)
    clusters = number_of(account)
    low = high = np.nan
    if clusters > 1:
        margin = _NORMAL_95 * float(np.sqrt(clusters / (clusters - 1) * (sums**2).sum()))
        low, high = max(auc - margin, 0.0), min(auc + margin, 1.0)
    return Quality(auc, low, high, top_decile_lift(risk, outcome))


def top_decile_lift(risk: Floats, outcome: Bools) -> float:
    """Rate of the outcome in the riskiest tenth / in all; rows of equal risk at its edge count in part."""
    wanted = len(risk) / 10
    place = len(risk) - max(int(np.ceil(wanted)), 1)
    edge = np.partition(risk, place)[place]
    above, at_edge = risk > edge, risk == edge
    part = (wanted - above.sum()) / at_edge.sum()
    caught = outcome[above].sum() + part * outcome[at_edge].sum()
    return float(caught / wanted / outcome.mean())


def folds(day: Days, horizon_days: int) -> Iterator[tuple[Bools, Bools]]:
    """Rows to fit on and rows to test on, in order of time.

    The dates are cut into FOLDS + 1 parts. Each but the first is a test of what was fitted on the dates whose
    horizon was over when the part began. Parts without such dates are left out.
    """
    dates = np.unique(day)
    for part in np.array_split(dates, FOLDS + 1)[1:]:
        if len(part) == 0:
            continue
        fitted = day + horizon_days <= part[0]
        if fitted.any():
            yield fitted, (day >= part[0]) & (day <= part[-1])


def calibrated(risk: Floats, outcome: Bools, day: Days, horizon_days: int) -> Floats:
    """Chance of the outcome by a logistic curve over the risk, fitted on earlier dates; NaN without any."""
    return _predicted(risk.reshape(-1, 1), outcome, day, horizon_days, strength=1e6)


def logistic(values: Floats, outcome: Bools, day: Days, horizon_days: int) -> Floats:
    """Chance of the outcome by a logistic regression on all measures, fitted on earlier dates.

    Args:
        values: rows x measures, 0-1, NaN where a measure is not used. NaN counts as the measure's mean,
            with an indicator of its own.
        outcome: one per row.
        day: the as-of date of each row, in days.
        horizon_days: days in which the outcome could occur.

    Returns:
        One chance per row; NaN on dates without earlier dates to fit on.
    """
    missing = np.isnan(values)
    means = np.array(
        [column[~gap].mean() if not gap.all() else 0.0 for column, gap in _columns(values, missing)]
    )
    filled = np.where(missing, means, values)
    features = np.hstack([filled, missing[:, missing.any(axis=0)]])
    return _predicted(features, outcome, day, horizon_days, strength=0.1)


def brier(chance: Floats, outcome: Bools) -> float:
    """Mean squared difference of chance and outcome, over the rows that have a chance."""
    known = ~np.isnan(chance)
    return float(((chance[known] - outcome[known]) ** 2).mean()) if known.any() else np.nan


def calibration_bins(chance: Floats, outcome: Bools, account: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Ten equal groups of rising chance: its mean, the rate of the outcome with 95 % interval, and counts.

    The interval is Wilson's for as many trials as the group has accounts, not rows.
    """
    known = np.flatnonzero(~np.isnan(chance))
    order = known[np.argsort(chance[known], kind="stable")]
    found = []
    for part in np.array_split(order, BINS):
        if len(part):
            rate, accounts = float(outcome[part].mean()), len(np.unique(account[part]))
            low, high = wilson(rate, accounts)
            found.append(
                {
                    "chance": float(chance[part].mean()),
                    "rate": rate,
                    "rate_low": low,
                    "rate_high": high,
                    "account_dates": len(part),
                    "churned": int(outcome[part].sum()),
                    "accounts": accounts,
                }
            )
    return found


def wilson(rate: float, trials: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a rate that was seen in so many trials."""
    square = _NORMAL_95**2
    below = 1 + square / trials
    middle = (rate + square / (2 * trials)) / below
    margin = _NORMAL_95 / below * float(np.sqrt(rate * (1 - rate) / trials + square / (4 * trials**2)))
    # Rounded, so that nothing that was never seen has an interval from exactly 0.
    return max(round(middle - margin, 12), 0.0), min(round(middle + margin, 12), 1.0)


def lift_bins(risk: Floats, outcome: Bools) -> list[float]:
    """Share of all outcomes in each tenth of the rows, the riskiest first."""
    order = np.argsort(-risk, kind="stable")
    total = max(int(outcome.sum()), 1)
    return [float(outcome[part].sum() / total) for part in np.array_split(order, BINS)]


def correlation(value: Floats, outcome: Bools) -> float:
    """Pearson's correlation; NaN where either does not vary."""
    if len(value) < 2 or outcome.all() or not outcome.any() or np.ptp(value) == 0:
        return np.nan
    return float(np.corrcoef(value, outcome)[0, 1])


def _predicted(features: Floats, outcome: Bools, day: Days, horizon_days: int, strength: float) -> Floats:
    # Imported late: every command would wait for it.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    chance = np.full(len(outcome), np.nan)
    for fitted, tested in folds(day, horizon_days):
        if not outcome[fitted].any() or outcome[fitted].all():
            continue
        known = features[fitted]
        mean, spread = known.mean(axis=0), known.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        known -= mean
        known /= spread
        # Here too: a limit holds for the libraries that were loaded before it.
        with on_one_thread():
            model = LogisticRegression(C=strength, max_iter=200).fit(known, outcome[fitted])
            chance[tested] = model.predict_proba((features[tested] - mean) / spread)[:, 1]
    return chance


def _columns(values: Floats, missing: Bools) -> Iterator[tuple[Floats, Bools]]:
    for number in range(values.shape[1]):
        yield values[:, number], missing[:, number]


def _ranks(values: Floats, outcome: Bools) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
    """The place of each row among the distinct values, and of each distinct value its rank.

    Ranks are from 1, the mean for equals: among all rows, among those with the outcome, among the others.
    """
    _, place = np.unique(values, return_inverse=True)
    counts = np.bincount(place), np.bincount(place[outcome], minlength=place.max() + 1)
    every, of_outcome = counts
    return place, _mean_ranks(every), _mean_ranks(of_outcome), _mean_ranks(every - of_outcome)


def _mean_ranks(count: NDArray[np.int64]) -> Floats:
    return np.cumsum(count) - (count - 1) / 2.0
