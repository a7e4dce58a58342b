"""Suggested weights and scales: what they may do, and what they must not."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from orchestration.computed import computed_tables
from orchestration.health.config import SEEDS, HealthConfig, health_config
from orchestration.health.evaluation.backtest import WINDOWS, run_backtest
from orchestration.health.evaluation.observations import (
    NEVER,
)
from orchestration.health.evaluation.plots import pictures
from orchestration.health.evaluation.report import is_better_than, report
from orchestration.health.evaluation.reuse import reused_backtest
from orchestration.health.evaluation.seed_proposal import difference, propose, proposed_seed
from orchestration.health.evaluation.tuning import fitted_weights, suggested_scale, timing_weights
from orchestration.settings import PROJECT_DIR

from ..support.health_builders import a_config, a_measure, shipped_seeds
from ..support.health_observations import MEASURES, by_name, history

SEED = PROJECT_DIR / "seeds" / "health" / "health_measures.csv"


def config() -> HealthConfig:
    return a_config(*(a_measure(name) for name in MEASURES))


def test_weights_follow_what_tells_and_are_never_negative() -> None:
    seen = history()
    outcome = seen.churned(0, 90)
    found = fitted_weights(seen.values, outcome, np.array([10.0, 10.0, 10.0]), 0.01)
    assert found.sum() == pytest.approx(30)
    assert (found >= 0).all()
    assert found[0] == found.max()
    assert found[1] < 1


def test_what_is_due_weighs_as_much_as_ranks_leavers_best() -> None:
    random = np.random.default_rng(5)
    health, due = random.random(4000), random.random(4000)
    values, weights = np.column_stack([health, due]), np.array([10.0, 10.0])
    is_timing = np.array([False, True])
    outcome = random.random(4000) < 0.4 * (1 - (0.2 * health + 0.8 * due)) ** 2
    found = timing_weights(values, outcome, weights, is_timing)
    assert found.sum() == pytest.approx(20)
    assert found[1] >= 2 * found[0]
    alike = random.random(4000) < 0.4 * (1 - (health + due) / 2) ** 2
    assert timing_weights(values, alike, weights, is_timing) == pytest.approx(weights)


def test_a_measure_that_is_never_used_keeps_its_weight() -> None:
    seen = history()
    values = np.column_stack([seen.values, np.full(len(seen.day), np.nan)])
    found = fitted_weights(values, seen.churned(0, 90), np.full(4, 10.0), 0.01)
    assert found[3] == 10
    assert found.sum() == pytest.approx(40)


def test_a_scale_moves_to_where_the_outcome_changes() -> None:
    random = np.random.default_rng(1)
    raw = random.random(4000) * 100
    outcome = random.random(4000) < np.where(raw < 25, 0.4, 0.02)
    found = suggested_scale(a_measure(), raw, outcome)
    assert found.ceiling <= 50
    unrelated = random.random(4000) < 0.1
    assert suggested_scale(a_measure(), raw, unrelated) == a_measure()


def test_a_proposal_predicts_better_on_later_dates() -> None:
    proposal = propose(by_name(history()), config())
    assert proposal is not None
    assert proposal.proposed > proposal.present + 0.1
    assert all(measure.weight > 0 for measure in proposal.measures)


def test_measures_stay_where_no_others_predict_better() -> None:
    seen = by_name(history())
    perfect = replace(seen, score=np.where(seen.churned(0, 90), 0.0, 100.0))
    proposal = propose(perfect, config())
    assert proposal is not None
    assert proposal.measures == config().measures
    assert proposal.proposed == proposal.present
    assert not proposal.are_scales_changed


def test_without_enough_history_nothing_is_proposed() -> None:
    assert propose(by_name(history(months=3)), config()) is None


def test_a_proposal_changes_numbers_alone() -> None:
    seed = SEED.read_text(encoding="utf-8")
    shipped = health_config(shipped_seeds()).measures
    assert difference(seed, proposed_seed(seed, shipped)) == ""
    changed = [
        a if a.measure_id != "csat" else a_measure("csat", weight=6.5, floor=2, ceiling=5) for a in shipped
    ]
    proposed = proposed_seed(seed, changed)
    lines = [line for line in difference(seed, proposed).splitlines() if line[0] in "+-"][2:]
    assert len(lines) == 2
    assert lines[1][1:] == lines[0][1:].replace(",3,5,8,", ",2,5,6.5,")
    rows = shipped_seeds()
    assert {*rows} == {*SEEDS}


def test_the_backtest_says_what_the_score_is_worth() -> None:
    backtest = run_backtest(by_name(history()), config())
    score = backtest.figure("score")
    assert score is not None
    assert score["horizon_days"] == 90
    assert score["as_of_to"] <= dt.date(1970, 1, 1) + dt.timedelta(days=17 * 30 - 90)
    assert {row["model"] for row in backtest.windows} == {
        "score",
        "score_hindsight",
        "tenure",
        "recency",
        "end_of_term",
        "logistic",
        "chance",
    }
    assert {row["horizon_days"] for row in backtest.windows} == {90, 180}
    for table, found in backtest.tables.items():
        assert computed_tables()[table].checked(found)
    assert backtest.suggested is not None
    assert backtest.score_on_same is not None
    assert backtest.suggested.auc > backtest.score_on_same.auc
    labels = {"en": {"telling": "What tells"}, "ja": {"telling": "効く指標"}}
    for language, label in (("en", "What tells"), ("ja", "効く指標")):
        text = report(backtest, replace(config(), labels=labels), language)
        assert label in text
        assert f"{score['auc']:.3f}" in text
        assert not re.search(r"[{}]|None|nan", text)
    assert all(picture.startswith(b"\x89PNG") for picture in pictures(backtest).values())
    assert pictures(backtest) == pictures(backtest)


def test_open_windows_change_no_figure() -> None:
    seen = by_name(history())
    seen = replace(seen, expansion_day=np.where(seen.values[:, 1] > 0.6, seen.day + 100, NEVER))
    closed = seen.closed(WINDOWS)
    assert 0 < len(closed.day) < len(seen.day)
    assert run_backtest(closed, config()) == run_backtest(seen, config())


def test_a_backtest_is_computed_again_only_where_something_of_it_is_new(tmp_path: Path) -> None:
    path = tmp_path / "build" / "backtest.json"
    seen = by_name(history())
    first = reused_backtest(seen, config(), path)
    assert first == run_backtest(seen, config())
    assert reused_backtest(seen, config(), path) == first
    kept = path.stat().st_mtime_ns
    left = seen.day + 45 > seen.newest_day
    tomorrow = replace(
        seen, newest_day=seen.newest_day + 1, churn_day=np.where(left, seen.newest_day + 1, seen.churn_day)
    )
    assert reused_backtest(tomorrow, config(), path) == first
    assert path.stat().st_mtime_ns == kept
    new_values = seen.values.copy()
    new_values[0, 0] /= 2
    weights = a_config(*(a_measure(name, weight=20.0 if name == "noise" else 10.0) for name in MEASURES))
    for other, rules in (
        (replace(seen, values=new_values), config()),
        (replace(seen, score=seen.score + (seen.day == 30)), config()),
        (replace(seen, churn_day=np.where(seen.day == 0, 20, seen.churn_day)), config()),
        (replace(seen, segments={**seen.segments, "plan": seen.account}), config()),
        (replace(seen, newest_day=seen.newest_day + 30), config()),
        (replace(seen, customers=replace(seen.customers, mrr=seen.customers.mrr + 1)), config()),
        (seen, weights),
        (seen, replace(config(), chance_min_leavers=1)),
    ):
        before = path.read_text(encoding="utf-8")
        assert reused_backtest(other, rules, path) == run_backtest(other, rules)
        assert path.read_text(encoding="utf-8") != before


def test_a_broken_file_of_a_backtest_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "backtest.json"
    path.write_text("{", encoding="utf-8")
    seen = by_name(history())
    assert reused_backtest(seen, config(), path) == reused_backtest(seen, config(), path)


def test_a_score_worse_than_recency_is_said_so() -> None:
    seen = by_name(history())
    worse = replace(seen, recency=100 - 100 * seen.values[:, 2], score=seen.values[:, 1])
    assert is_better_than(run_backtest(worse, config()), "recency") is False
    assert "**no better than** days since last use" in report(run_backtest(worse, config()), config())


def test_a_short_history_is_said_to_be_one() -> None:
    backtest = run_backtest(by_name(history(months=2, customers=10)), config())
    assert is_better_than(backtest, "recency") is None
    assert "Too little history yet" in report(backtest, config())
    assert "履歴がまだ足りません" in report(backtest, config(), "ja")
    assert pictures(backtest) == {}


def test_directions_of_indicators_are_checked() -> None:
    rows = {
        row["indicator_id"]: row
        for row in run_backtest(by_name(history()), config()).indicators
        if row["lag_days"] == 30 and row["target_kpi_id"] == "customer_churn_rate"
    }
    assert rows["telling"]["direction_agrees"] is True
    assert rows["reversed"]["direction_agrees"] is False
    assert rows["telling"]["auc"] == pytest.approx(1 - rows["reversed"]["auc"])


@pytest.mark.parametrize("months", range(8, 30, 3))
def test_every_row_of_the_backtest_is_of_a_window_of_its_own(months: int) -> None:
    rows = run_backtest(history(months), config()).windows
    names = ("as_of_from", "as_of_to", "horizon_days", "segment_dimension", "segment_value", "model")
    keys = [tuple(row[name] for name in names) for row in rows]
    assert keys
    assert len(keys) == len(set(keys))
