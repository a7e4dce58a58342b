"""Causes work as documented: trouble shows in usage before revenue, and a worse state is never safer."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import duckdb
import numpy as np
import pytest

from orchestration.settings import PROJECT_DIR
from simulator import Simulated
from simulator.clock import DAY, NEVER
from simulator.company import catalog as cat
from simulator.company.causes import Causes, no_causes
from simulator.company.hazard import Standing, loss_probabilities
from simulator.files.truth_folder import TABLES
from simulator.parameters import CLASSIC, SCENARIOS, STANDARD, Model

DOCUMENT = (PROJECT_DIR / "docs" / "simulator.md").read_text(encoding="utf-8")


def an_account(**changes: Any) -> Standing:
    """One ordinary small account that pays monthly."""
    zero = np.zeros(1)
    ordinary = Standing(
        size=np.array([cat.SMB]),
        feeling=zero,
        belief=zero,
        target=zero,
        budget=zero,
        features=np.array([5.0]),
        has_champion=np.array([False]),
        causes=no_causes(1),
        fiscal_end=np.array([12]),
        calendar_month=5,
        hazard_ratio=np.ones(1),
        interval=np.array([0]),
        paid_until=np.array([[15, 75, 165]]) * DAY,
        renewal_at=np.array([NEVER]),
        decide_at=np.array([NEVER]),
        has_decided=np.array([False]),
        end_at=np.array([NEVER]),
    )
    return replace(ordinary, **changes)


def chance(standing: Standing, model: Model = CLASSIC, lift: float = 0.0, ratio: float = 1.0) -> list[float]:
    """Probabilities of loss within 30, 90 and 180 days of the first day."""
    return loss_probabilities(model, standing, 0, lift=lift, ratio=ratio)[0].tolist()


in_both_scenarios = pytest.mark.parametrize("model", SCENARIOS.values(), ids=SCENARIOS)


@in_both_scenarios
@pytest.mark.parametrize("cause", ["feeling", "belief", "target", "budget", "features"])
def test_less_of_anything_good_is_never_safer(cause: str, model: Model) -> None:
    worse, better = (an_account(**{cause: np.array([value])}) for value in (-1.0, 1.0))
    assert all(w >= b for w, b in zip(chance(worse, model), chance(better, model), strict=True))
    assert chance(worse, model)[2] > chance(better, model)[2]


@in_both_scenarios
def test_a_longer_horizon_is_never_safer(model: Model) -> None:
    chances = chance(an_account(), model)
    assert 0 < chances[0] < chances[1] < chances[2] < 1


@in_both_scenarios
def test_a_decision_to_leave_counts_as_its_outcome(model: Model) -> None:
    decided = an_account(end_at=np.array([60 * DAY]))
    assert chance(decided, model) == pytest.approx([0.0, 1.0, 1.0], abs=0.02)


CAUSES = [field.name for field in fields(Causes)]


def with_cause(cause: str) -> Causes:
    return replace(no_causes(1), **{cause: np.array([True])})


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_that_no_measure_mirrors_raises_the_chance_in_the_standard_scenario_alone(cause: str) -> None:
    struck, spared = an_account(causes=with_cause(cause)), an_account()
    assert chance(struck, STANDARD)[1] > 1.15 * chance(spared, STANDARD)[1]
    assert chance(struck, CLASSIC) == chance(spared, CLASSIC)


def of_belief(value: float, **changes: Any) -> Standing:
    """An account that believes and feels so, and goes on to."""
    same = np.array([value])
    return an_account(belief=same, feeling=same, target=same, **changes)


def test_the_standard_pressure_is_flat_for_the_convinced_and_for_the_lost_and_breaks_in_between() -> None:
    def pressure(belief: float) -> float:
        return float(-np.log1p(-chance(of_belief(belief), replace(STANDARD, foresight=0.0))[0]))

    assert pressure(1.5) == pytest.approx(pressure(3.0), rel=0.02)
    assert pressure(-2.5) == pytest.approx(pressure(-3.5), rel=0.02)
    step = np.log(pressure(-1.05) / pressure(-0.95))
    assert step > 2 * np.log(pressure(-0.75) / pressure(-0.85))
    assert step > 2 * np.log(pressure(-1.25) / pressure(-1.15))


def test_a_buyer_with_doubts_leaves_although_the_users_are_happy() -> None:
    doubts = with_cause("doubts")
    happy, unhappy = (
        chance(of_belief(belief, causes=doubts), STANDARD)[1] / chance(of_belief(belief), STANDARD)[1]
        for belief in (1.0, -1.0)
    )
    assert happy > 3
    assert unhappy < 1.3


def test_an_offer_tempts_those_who_are_not_convinced() -> None:
    offer = with_cause("offer")
    convinced, other = (
        chance(of_belief(belief, causes=offer), STANDARD)[0] / chance(of_belief(belief), STANDARD)[0]
        for belief in (2.0, 0.0)
    )
    assert other > 1.5 * convinced


def test_a_champion_helps_with_a_new_sponsor() -> None:
    sponsor = with_cause("new_sponsor")
    alone, helped = (
        chance(an_account(causes=sponsor, has_champion=np.array([has])), STANDARD)[1] for has in (False, True)
    )
    assert alone > 1.3 * helped


def test_budgets_are_cut_around_the_end_of_the_fiscal_year() -> None:
    poor = {"budget": np.array([-1.0]), "fiscal_end": np.array([3])}
    march, august = (chance(an_account(calendar_month=month, **poor), STANDARD)[0] for month in (3, 8))
    assert march > 1.3 * august


def test_a_contract_is_lost_at_its_renewal_or_not_at_all() -> None:
    contract = {
        "interval": np.array([2]),
        "decide_at": np.array([30 * DAY]),
        "renewal_at": np.array([60 * DAY]),
    }
    soon = chance(an_account(**contract))
    decided = chance(an_account(**contract, has_decided=np.array([True])))
    assert soon[1] > 0.05
    assert soon[0] < 0.01
    assert decided[1] < 0.02


def test_a_campaign_that_helps_lowers_the_chance() -> None:
    plain = chance(an_account())
    assert chance(an_account(), lift=0.4)[2] < plain[2]
    assert chance(an_account(), ratio=0.65)[1] < plain[1]


def test_usage_falls_before_revenue_for_accounts_that_show_it(large: Simulated) -> None:
    """Median over lost accounts: events a day in the last paid month / three to six months before the end."""
    with duckdb.connect() as connection:
        for name in ("account_traits", "mrr_movements"):
            connection.execute(f"create view {name} as from '{large.truth_dir}/{name}.parquet'")
        rows = connection.execute(
            f"""with lost as (
                select account_id, is_silent, movement_date as day
                from mrr_movements join account_traits using (account_id)
                where movement_type = 'churn' and not is_pause and not is_involuntary
                and movement_date > first_paid_at::date + 200),
            usage as (
                select account_id, any_value(is_silent) as is_silent,
                    count(*) filter (occurred_at >= day - 30 and occurred_at < day) / 30 as late,
                    count(*) filter (occurred_at >= day - 180 and occurred_at < day - 90) / 90 as early
                from lost join read_parquet('{large.raw_dir}/product_events/*.parquet') using (account_id)
                group by 1)
            select is_silent, median(late / early), count(*) from usage where early > 0
            group by 1 order by 1"""
        ).fetchall()
    (_, visible, shown), (_, hidden, _) = rows
    assert shown > 60
    assert visible < 0.9
    assert hidden > visible + 0.1


def test_the_hidden_feeling_falls_months_before_revenue(large: Simulated) -> None:
    with duckdb.connect() as connection:
        for name in ("account_traits", "account_hazards", "mrr_movements"):
            connection.execute(f"create view {name} as from '{large.truth_dir}/{name}.parquet'")
        rows = connection.execute(
            """select (movement_date - as_of_date) // 30 as months_before, avg(satisfaction), avg(belief)
            from mrr_movements join account_hazards using (account_id) join account_traits using (account_id)
            where movement_type = 'churn' and not is_pause and not is_involuntary
            and movement_date > first_paid_at::date + 240 and as_of_date < movement_date
            and as_of_date > movement_date - 240 group by 1 order by 1"""
        ).fetchall()
    feeling, belief = [row[1] for row in rows], [row[2] for row in rows]
    assert feeling[2] < feeling[7] - 0.1
    # Belief follows: two months before the end it still stands above the feeling.
    assert belief[2] > feeling[2]
    assert belief[3] > feeling[3]


def test_accounts_that_state_a_reason_and_stay_exist(large: Simulated) -> None:
    with duckdb.connect() as connection:
        row = connection.execute(
            f"""select count(*) from '{large.raw_dir}/cancellations.parquet' c
            where exists (select * from '{large.truth_dir}/account_months.parquet' m
                where m.account_id = c.account_id and m.month_start > c.cancelled_at + interval 300 day
                and closing_mrr > 0)"""
        ).fetchone()
    assert row is not None
    assert row[0] > 0


def test_a_random_campaign_treats_half_and_a_targeted_one_the_unhappy(large: Simulated) -> None:
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"from '{large.truth_dir}/campaign_effects.parquet' select * order by campaign_id"
        ).fetchall()
    treated = [row[3] / row[2] for row in rows]
    assert len(rows) == 6
    assert all(
        share == pytest.approx(0.5, abs=0.15) for share, row in zip(treated, rows, strict=True) if row[1]
    )
    assert [row[9] < 0 for row in rows] == [True, True, True, False, False, True]


def test_the_documented_parameters_are_the_models() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([-\d., ]+) \| ([-\d., ]*) \|", DOCUMENT, re.MULTILINE)
    documented = {name: (classic, standard or classic) for name, classic, standard in rows}
    assert documented == {
        field.name: (as_text(getattr(CLASSIC, field.name)), as_text(getattr(STANDARD, field.name)))
        for field in fields(Model)
    }


def as_text(value: float | tuple[float, ...]) -> str:
    """As in the document's table."""
    return ", ".join(f"{number:g}" for number in (value if isinstance(value, tuple) else (value,)))


def test_the_document_names_every_event_feature_step_reason_and_truth_column() -> None:
    named = set(re.findall(r"`(\w+)`", DOCUMENT))
    events = {*cat.STEP_EVENTS, *(name for pair in cat.FEATURE_EVENTS for name in pair)}
    assert {*events, *cat.FEATURES, *cat.STEP_KEYS, *cat.REASONS, *cat.GAUGES, *TABLES} <= named
    for name, schema in TABLES.items():
        assert f"| `{name}` | {', '.join(schema.names)} |" in DOCUMENT
