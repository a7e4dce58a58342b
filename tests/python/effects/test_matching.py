"""The effect of a campaign from counts, against lists of accounts compared one by one."""

from __future__ import annotations

import math
from random import Random
from statistics import fmean

import pytest

from orchestration.effects import Kind, Stratum, estimate_effect, estimate_effects

NONE = dict.fromkeys(Kind, 0)


def stratum(treated: int, treated_reached: int, control: int, control_reached: int) -> Stratum:
    return Stratum(treated, treated_reached, control, control_reached, NONE, NONE)


def test_control_accounts_are_weighted_to_the_strata_of_the_treated() -> None:
    # Raw rates would show a loss of 20 points; inside both strata the treated do better by 10.
    strata = [stratum(90, 27, 10, 2), stratum(10, 9, 90, 72)]
    effect = estimate_effect(strata)
    assert effect.treated_rate == pytest.approx(0.36)
    assert effect.control_rate == pytest.approx(0.9 * 0.2 + 0.1 * 0.8)
    assert effect.difference == pytest.approx(0.1)
    assert (effect.treated_accounts, effect.control_accounts) == (100, 100)


@pytest.mark.parametrize("seed", range(20))
def test_the_difference_is_the_mean_over_treated_accounts_of_each_against_its_stratum(seed: int) -> None:
    rng = Random(seed)
    sides = {
        name: ([rng.random() < 0.6 for _ in range(rng.randrange(5))], [rng.random() < 0.4 for _ in range(4)])
        for name in "abc"
    }
    sides["d"] = ([True, False], [])
    apart = [
        reached - fmean(controls) for treated, controls in sides.values() for reached in treated if controls
    ]
    effect = estimate_effect(stratum(len(t), sum(t), len(c), sum(c)) for t, c in sides.values())
    assert effect.treated_accounts == len(apart)
    if apart:
        assert effect.difference == pytest.approx(fmean(apart))
        assert effect.matched_rate == pytest.approx(len(apart) / (len(apart) + 2))


def test_treated_accounts_without_a_control_account_give_no_effect() -> None:
    effect = estimate_effect([stratum(5, 5, 0, 0), stratum(0, 0, 7, 1)])
    assert (effect.treated_accounts, effect.control_accounts) == (0, 0)
    assert effect.difference is effect.ci_low is effect.p_value is effect.matched_rate is None


def test_the_interval_is_newcombes() -> None:
    # Newcombe 1998, table II, example (a), method 10: 56/70 against 48/80.
    effect = estimate_effect([stratum(70, 56, 80, 48)])
    assert effect.ci_low == pytest.approx(0.0524, abs=5e-5)
    assert effect.ci_high == pytest.approx(0.3339, abs=5e-5)


def test_the_p_value_is_that_of_two_equal_rates() -> None:
    # Chi-square of the two by two table without correction, 1 degree of freedom.
    effect = estimate_effect([stratum(70, 56, 80, 48)])
    pooled = 104 / 150
    z = (0.8 - 0.6) / math.sqrt(pooled * (1 - pooled) * (1 / 70 + 1 / 80))
    assert effect.p_value == pytest.approx(math.erfc(z / math.sqrt(2)))


def test_an_outcome_that_no_account_reached_keeps_a_wide_interval() -> None:
    effect = estimate_effect([stratum(20, 0, 20, 0)])
    assert effect.difference == 0
    assert effect.p_value == 1
    assert effect.ci_low is not None
    assert effect.ci_high is not None
    assert effect.ci_low < -0.1
    assert effect.ci_high > 0.1


def test_the_least_balanced_kind_is_named() -> None:
    treated = {Kind.CSM: 8, Kind.CONTRACT: 5, Kind.PRODUCTS: 0}
    control = {Kind.CSM: 4, Kind.CONTRACT: 5, Kind.PRODUCTS: 0}
    effect = estimate_effect([Stratum(10, 5, 10, 5, treated, control)])
    assert effect.least_balanced == "csm"
    assert effect.max_std_difference == pytest.approx(0.4 / math.sqrt((0.16 + 0.24) / 2))


def test_one_effect_for_each_campaign_and_outcome() -> None:
    counts = dict.fromkeys(
        (f"{side}_{what}" for side in ("treated", "control") for what in ("accounts", "reached")), 3
    )
    kinds = {f"{side}_with_{kind}": 0 for side in ("treated", "control") for kind in Kind}
    row = {"campaign_id": "c1", "outcome": "upsell", **counts, **kinds}
    found = estimate_effects([row, row, {**row, "outcome": "retained_90d"}])
    assert [(each["outcome"], each["treated_accounts"]) for each in found] == [
        ("retained_90d", 3),
        ("upsell", 6),
    ]


def test_intervals_hold_the_true_difference_about_as_often_as_they_say() -> None:
    rng = Random(1)
    sizes = [(5, 9), (12, 7), (20, 40), (3, 30)]
    rates = [(0.95, 0.9), (0.85, 0.8), (0.98, 0.93), (0.7, 0.65)]
    held = 0
    for _ in range(1_000):
        strata = [
            stratum(n, sum(rng.random() < p for _ in range(n)), m, sum(rng.random() < q for _ in range(m)))
            for (n, m), (p, q) in zip(sizes, rates, strict=True)
        ]
        effect = estimate_effect(strata)
        assert effect.ci_low is not None
        assert effect.ci_high is not None
        held += effect.ci_low <= 0.05 <= effect.ci_high
    assert 930 <= held <= 990
