"""Causes work as documented: trouble shows in usage before revenue, and a worse state is never safer."""

from __future__ import annotations

import re
from dataclasses import astuple, fields, replace

import duckdb
import numpy as np
import pytest

from orchestration.settings import PROJECT_DIR
from simulator import Simulated
from simulator.clock import DAY, NEVER
from simulator.company import catalog as cat
from simulator.company.hazard import Standing, loss_probabilities
from simulator.files.truth_folder import TABLES
from simulator.parameters import Model

DOCUMENT = (PROJECT_DIR / "docs" / "simulator.md").read_text(encoding="utf-8")


def an_account(**changes: np.ndarray) -> Standing:
    """One ordinary small account that pays monthly."""
    zero = np.zeros(1)
    ordinary = Standing(
        size=np.array([cat.SMB]),
        feeling=zero,
        belief=zero,
        target=zero,
        budget=zero,
        features=np.array([5.0]),
        hazard_ratio=np.ones(1),
        interval=np.array([0]),
        renewal_at=np.array([NEVER]),
        decide_at=np.array([NEVER]),
        has_decided=np.array([False]),
        end_at=np.array([NEVER]),
    )
    return replace(ordinary, **changes)


def chance(standing: Standing, lift: float = 0.0, ratio: float = 1.0) -> list[float]:
    """Probabilities of loss within 30, 90 and 180 days of the first day."""
    return loss_probabilities(Model(), standing, 0, lift=lift, ratio=ratio)[0].tolist()


@pytest.mark.parametrize("cause", ["feeling", "belief", "target", "budget", "features"])
def test_less_of_anything_good_is_never_safer(cause: str) -> None:
    worse, better = (an_account(**{cause: np.array([value])}) for value in (-1.0, 1.0))
    assert all(w >= b for w, b in zip(chance(worse), chance(better), strict=True))
    assert chance(worse)[2] > chance(better)[2]


def test_a_longer_horizon_is_never_safer() -> None:
    chances = chance(an_account())
    assert 0 < chances[0] < chances[1] < chances[2] < 1


def test_a_decision_to_leave_counts_as_its_outcome() -> None:
    assert chance(an_account(end_at=np.array([60 * DAY]))) == pytest.approx([0.0, 1.0, 1.0], abs=0.02)


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
    documented = dict(re.findall(r"^\| `(\w+)` \| ([-\d., ]+) \|", DOCUMENT, re.MULTILINE))
    values = {
        field.name: ", ".join(f"{v:g}" for v in (value if isinstance(value, tuple) else (value,)))
        for field, value in zip(fields(Model), astuple(Model()), strict=True)
    }
    assert {name: documented.get(name) for name in values} == values


def test_the_document_names_every_event_feature_step_reason_and_truth_column() -> None:
    named = set(re.findall(r"`(\w+)`", DOCUMENT))
    events = {*cat.STEP_EVENTS, *(name for pair in cat.FEATURE_EVENTS for name in pair)}
    assert {*events, *cat.FEATURES, *cat.STEP_KEYS, *cat.REASONS, *cat.GAUGES, *TABLES} <= named
    for name, schema in TABLES.items():
        assert f"| `{name}` | {', '.join(schema.names)} |" in DOCUMENT
