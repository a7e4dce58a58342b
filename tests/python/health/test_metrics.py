"""The mathematics of the backtest, against what is known or counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from orchestration.health.evaluation.metrics import (
    brier,
    calibrated,
    calibration_bins,
    correlation,
    folds,
    lift_bins,
    logistic,
    quality,
    top_decile_lift,
    wilson,
)


def accounts(count: int) -> np.ndarray:
    return np.arange(count)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_auc_is_that_of_the_textbook(rows: list[tuple[int, bool]]) -> None:
    risk = np.array([risk for risk, _ in rows], dtype=float)
    outcome = np.array([outcome for _, outcome in rows])
    found = quality(risk, outcome, accounts(len(rows)))
    if outcome.all() or not outcome.any():
        assert np.isnan(found.auc)
    else:
        assert found.auc == pytest.approx(roc_auc_score(outcome, risk))
        assert 0 <= found.auc_low <= found.auc <= found.auc_high <= 1


def test_repeating_every_account_narrows_no_interval() -> None:
    random = np.random.default_rng(5)
    outcome = random.random(300) < 0.2
    risk = random.normal(size=300) + outcome
    once = quality(risk, outcome, accounts(300))
    repeated = quality(np.tile(risk, 6), np.tile(outcome, 6), np.tile(accounts(300), 6))
    assert repeated.auc == pytest.approx(once.auc)
    assert repeated.auc_high - repeated.auc_low == pytest.approx(once.auc_high - once.auc_low)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    random = np.random.default_rng(11)
    held = 0
    for _ in range(300):
        # One risk per account, seen on four dates: chance alone, so the truth is one half.
        account = np.repeat(np.arange(80), 4)
        risk = np.repeat(random.normal(size=80), 4) + 0.1 * random.normal(size=320)
        outcome = np.repeat(random.random(80) < 0.3, 4)
        found = quality(risk, outcome, account)
        held += found.auc_low <= 0.5 <= found.auc_high
    assert 0.90 <= held / 300 <= 0.985


def test_lift_counts_the_riskiest_tenth_and_shares_ties() -> None:
    outcome = np.zeros(20, dtype=bool)
    outcome[[0, 1, 2, 3]] = True
    assert top_decile_lift(np.arange(20)[::-1].astype(float), outcome) == 5.0
    # All are alike: the tenth holds its share.
    assert top_decile_lift(np.zeros(20), outcome) == 1.0


def test_nothing_is_fitted_on_a_date_whose_horizon_reaches_what_is_tested() -> None:
    day = np.repeat(np.arange(0, 720, 30), 3)
    parts = list(folds(day, 90))
    assert parts
    for fitted, tested in parts:
        assert day[fitted].max() + 90 <= day[tested].min()
    tested = np.sum([tested for _, tested in parts], axis=0)
    assert tested.max() == 1


def test_chances_come_from_earlier_dates_alone() -> None:
    random = np.random.default_rng(2)
    day = np.repeat(np.arange(0, 600, 30), 40)
    values = random.random((len(day), 2))
    values[random.random(len(day)) < 0.2, 1] = np.nan
    outcome = random.random(len(day)) < 0.5 * (1 - values[:, 0])
    chance = logistic(values, outcome, day, 90)
    assert np.isnan(chance[day == 0]).all()
    known = ~np.isnan(chance)
    assert quality(chance[known], outcome[known], accounts(known.sum())).auc > 0.6
    later = outcome.copy()
    later[day == day.max()] = ~later[day == day.max()]
    assert np.array_equal(logistic(values, later, day, 90), chance, equal_nan=True)


def test_a_calibrated_risk_errs_less_than_the_mean_does() -> None:
    random = np.random.default_rng(3)
    day = np.repeat(np.arange(0, 600, 30), 60)
    risk = random.normal(size=len(day))
    outcome = random.random(len(day)) < 1 / (1 + np.exp(2 - 2 * risk))
    chance = calibrated(risk, outcome, day, 30)
    known = ~np.isnan(chance)
    assert brier(chance, outcome) < brier(np.where(known, outcome[known].mean(), np.nan), outcome)
    groups = calibration_bins(chance, outcome, accounts(len(day)))
    assert sum(group["account_dates"] for group in groups) == known.sum()
    assert sum(group["churned"] for group in groups) == outcome[known].sum()
    for group in groups:
        assert abs(group["chance"] - group["rate"]) < 4 * np.sqrt(0.25 / group["accounts"])
        assert group["rate_low"] <= group["rate"] < group["rate_high"]


def test_the_interval_of_a_rate_is_wilsons() -> None:
    # Wilson's interval of 8 in 100 and of 0 in 20, from tables.
    assert wilson(0.08, 100) == pytest.approx((0.0411, 0.1500), abs=5e-5)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_an_account_on_many_dates_narrows_no_rate() -> None:
    outcome = np.arange(40) % 4 == 0
    once = calibration_bins(np.full(40, 0.25), outcome, accounts(40))
    again = calibration_bins(np.full(160, 0.25), np.tile(outcome, 4), np.tile(accounts(40), 4))
    assert max(group["accounts"] for group in again) <= 16
    assert {group["accounts"] for group in once} == {4}


def test_the_shares_of_the_tenths_are_all_of_it() -> None:
    outcome = np.arange(50) % 7 == 0
    assert sum(lift_bins(np.arange(50.0), outcome)) == pytest.approx(1)


def test_without_variation_there_is_no_correlation() -> None:
    assert np.isnan(correlation(np.ones(5), np.array([True, False, True, False, True])))
    assert np.isnan(correlation(np.arange(5.0), np.zeros(5, dtype=bool)))
    assert correlation(np.array([0.0, 0, 1, 1]), np.array([False, False, True, True])) == pytest.approx(1)
