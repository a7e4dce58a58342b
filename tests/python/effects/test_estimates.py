"""The effect on treated accounts from counts, against lists of accounts compared one by one."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from random import Random
from statistics import fmean

import pyarrow as pa
import pytest

from ..support.warehouse import Record, Warehouse

KINDS = ("csm", "contract", "products")
OUTCOME = "upsell"
AS_OF = dt.date(2024, 6, 30)
Stratum = Record


def stratum(treated: int, treated_reached: int, control: int, control_reached: int, **kinds: int) -> Stratum:
    counts = {f"{side}_with_{kind}": 0 for side in ("treated", "control") for kind in KINDS}
    return {
        "treated_accounts": treated,
        "treated_reached": treated_reached,
        "control_accounts": control,
        "control_reached": control_reached,
        **counts,
        **kinds,
    }


class Estimator:
    """The mart of campaign effects on strata that are given, each list those of a campaign."""

    def __init__(self) -> None:
        self.warehouse = Warehouse(marts=("kpi_campaign_effects",))
        self.warehouse.build_tables({}, as_of=AS_OF)
        (self.mart,) = (node for node in self.warehouse.nodes if node["name"] == "kpi_campaign_effects")

    def effects(self, strata: Mapping[str, Sequence[Stratum]], outcome: str = OUTCOME) -> dict[str, Record]:
        """The effect of each campaign."""
        rows = [
            {"campaign_id": campaign, "outcome": outcome, **each}
            for campaign, given in strata.items()
            for each in given
        ]
        connection = self.warehouse.connection
        connection.register("given", pa.Table.from_pylist(rows))
        relation = self.warehouse.relation
        connection.execute(f"create or replace table {relation('int_campaign_strata')} as from given")
        connection.execute(
            f"create or replace table {relation('dim_campaigns')} as "
            f"select distinct on (given.campaign_id) given.campaign_id, others.* exclude (campaign_id) "
            f"from given left join {relation('dim_campaigns')} as others on false"
        )
        self.warehouse.run(self.mart)
        found = self.warehouse.rows("kpi_campaign_effects")
        return {row["campaign_id"]: row for row in found if row["outcome"] == outcome}

    def effect(self, *strata: Stratum) -> Record:
        """The effect of one campaign."""
        return self.effects({"c1": strata})["c1"]


@pytest.fixture(scope="module")
def estimator() -> Estimator:
    return Estimator()


def test_control_accounts_are_weighted_to_the_strata_of_the_treated(estimator: Estimator) -> None:
    # Raw rates would show a loss of 20 points; inside both strata the treated do better by 10.
    effect = estimator.effect(stratum(90, 27, 10, 2), stratum(10, 9, 90, 72))
    assert effect["treated_rate"] == pytest.approx(0.36)
    assert effect["control_rate"] == pytest.approx(0.9 * 0.2 + 0.1 * 0.8)
    assert effect["difference"] == pytest.approx(0.1)
    assert (effect["treated_accounts"], effect["control_accounts"]) == (100, 100)


def test_the_difference_is_the_mean_over_treated_accounts_of_each_against_its_stratum(
    estimator: Estimator,
) -> None:
    companies = {}
    for seed in range(40):
        rng = Random(seed)
        companies[f"{seed}"] = [
            ([rng.random() < 0.6 for _ in range(rng.randrange(5))], [rng.random() < 0.4 for _ in range(4)])
            for _ in range(3)
        ] + [([True, False], [])]
    effects = estimator.effects(
        {
            name: [stratum(len(t), sum(t), len(c), sum(c)) for t, c in sides]
            for name, sides in companies.items()
        }
    )
    for name, sides in companies.items():
        apart = [reached - fmean(controls) for treated, controls in sides for reached in treated if controls]
        assert effects[name]["treated_accounts"] == len(apart)
        if apart:
            assert effects[name]["difference"] == pytest.approx(fmean(apart))
            assert effects[name]["matched_rate"] == pytest.approx(len(apart) / (len(apart) + 2))


def test_treated_accounts_without_a_control_account_give_no_effect(estimator: Estimator) -> None:
    effect = estimator.effect(stratum(5, 5, 0, 0), stratum(0, 0, 7, 1))
    assert (effect["treated_accounts"], effect["control_accounts"]) == (0, 0)
    without = ("difference", "ci_low", "ci_high", "p_value", "matched_rate", "treated_rate", "control_rate")
    assert {effect[name] for name in without} == {None}


def test_the_interval_is_newcombes(estimator: Estimator) -> None:
    # Newcombe 1998, table II, example (a), method 10: 56/70 against 48/80.
    effect = estimator.effect(stratum(70, 56, 80, 48))
    assert effect["ci_low"] == pytest.approx(0.0524, abs=5e-5)
    assert effect["ci_high"] == pytest.approx(0.3339, abs=5e-5)


@pytest.mark.parametrize(("treated_reached", "control_reached"), [(56, 48), (69, 12), (40, 46), (35, 40)])
def test_the_p_value_is_that_of_two_equal_rates(
    estimator: Estimator, treated_reached: int, control_reached: int
) -> None:
    # Chi-square of the two by two table without correction, 1 degree of freedom.
    effect = estimator.effect(stratum(70, treated_reached, 80, control_reached))
    pooled = (treated_reached + control_reached) / 150
    apart = abs(treated_reached / 70 - control_reached / 80)
    z = apart / math.sqrt(pooled * (1 - pooled) * (1 / 70 + 1 / 80))
    assert effect["p_value"] == pytest.approx(math.erfc(z / math.sqrt(2)), rel=2e-7)
    assert effect["p_value"] <= 1


def test_an_outcome_that_no_account_reached_keeps_a_wide_interval(estimator: Estimator) -> None:
    effect = estimator.effect(stratum(20, 0, 20, 0))
    assert effect["difference"] == 0
    assert effect["p_value"] == 1
    assert effect["ci_low"] < -0.1
    assert effect["ci_high"] > 0.1


def test_an_outcome_that_all_treated_and_no_controls_reached_has_an_interval_inside_one(
    estimator: Estimator,
) -> None:
    effect = estimator.effect(stratum(20, 20, 20, 0), stratum(3, 3, 7, 0))
    assert effect["ci_low"] < effect["difference"] == effect["ci_high"] == 1


def test_the_least_balanced_kind_is_named(estimator: Estimator) -> None:
    treated = {"treated_with_csm": 8, "treated_with_contract": 5}
    control = {"control_with_csm": 4, "control_with_contract": 5}
    effect = estimator.effect(stratum(10, 5, 10, 5, **treated, **control))
    assert effect["least_balanced"] == "csm"
    assert effect["max_std_difference"] == pytest.approx(0.4 / math.sqrt((0.16 + 0.24) / 2))


def test_sides_of_one_kind_alone_are_balanced(estimator: Estimator) -> None:
    effect = estimator.effect(stratum(10, 5, 10, 5, treated_with_csm=10, control_with_csm=10))
    assert effect["least_balanced"] is effect["max_std_difference"] is None


def test_intervals_hold_the_true_difference_about_as_often_as_they_say(estimator: Estimator) -> None:
    rng = Random(1)
    sizes = [(5, 9), (12, 7), (20, 40), (3, 30)]
    rates = [(0.95, 0.9), (0.85, 0.8), (0.98, 0.93), (0.7, 0.65)]
    drawn = {
        f"{number}": [
            stratum(n, sum(rng.random() < p for _ in range(n)), m, sum(rng.random() < q for _ in range(m)))
            for (n, m), (p, q) in zip(sizes, rates, strict=True)
        ]
        for number in range(1_000)
    }
    effects = estimator.effects(drawn).values()
    held = sum(effect["ci_low"] <= 0.05 <= effect["ci_high"] for effect in effects)
    assert 930 <= held <= 990
