"""The rules of the score, one by one."""

from __future__ import annotations

import datetime as dt
from math import inf, isclose, nan

import pytest

from orchestration.health.config import HealthConfigError

from ..support.health_builders import (
    Row,
    a_config,
    a_history,
    a_measure,
    a_row,
    bands,
    contributions,
    one_score,
    scores,
)


def reason_not_used(measure_changes: Row, **values: object) -> str | None:
    found = contributions([a_row(**values)], a_config(a_measure(**measure_changes)))
    return found[0]["reason_not_used"]


@pytest.mark.parametrize(("raw", "score"), [(-5, 0), (10, 0), (15, 25), (30, 100), (31, 100)])
def test_a_value_is_the_place_between_floor_and_ceiling(raw: float, score: float) -> None:
    assert one_score(a_config(a_measure(floor=10.0, ceiling=30.0)), use=raw)["score"] == score


@pytest.mark.parametrize(("raw", "score"), [(-5, 100), (0, 100), (25, 75), (100, 0), (900, 0)])
def test_where_lower_is_better_the_value_is_reversed(raw: float, score: float) -> None:
    assert one_score(a_config(a_measure(higher_is_better=False)), use=raw)["score"] == score


def test_the_score_is_the_weighted_mean_of_the_values() -> None:
    config = a_config(a_measure("use", weight=30.0), a_measure("mrr", weight=10.0))
    assert one_score(config, use=100, mrr=20)["score"] == 80


def test_the_score_does_not_depend_on_other_accounts() -> None:
    rows = [a_row(account_id=name, use=use) for name, use in (("A", 30.0), ("B", 90.0), ("C", 1.0))]
    assert scores(rows, a_config())[0] == scores(rows[:1], a_config())[0]


@pytest.mark.parametrize("absent", [None, nan, inf])
def test_a_missing_value_is_left_out_and_the_other_weights_are_scaled_up(absent: float | None) -> None:
    config = a_config(a_measure("use", weight=30.0), a_measure("mrr", weight=10.0))
    found = one_score(config, use=absent, mrr=20)
    assert (found["score"], found["coverage"]) == (20, 0.25)


def test_an_account_without_any_value_has_no_score_rather_than_a_middling_one() -> None:
    found = one_score(a_config(), use=None)
    assert (found["score"], found["coverage"], found["health_band"]) == (None, 0, "unknown")


def test_each_measure_left_out_says_why() -> None:
    assert reason_not_used({}, use=None) == "missing"
    assert reason_not_used({"min_tenure_days": 501}, use=1) == "too_young"
    assert reason_not_used({"stages": ("onboarding",)}, use=1) == "not_applicable"
    assert reason_not_used({"stages": ("established", "onboarding")}, use=1) is None
    assert reason_not_used({"min_tenure_days": 500}, use=1) is None


@pytest.mark.parametrize(("days", "reason"), [(30, None), (31, "stale"), (None, "stale")])
def test_a_value_is_stale_when_measured_longer_ago_than_it_keeps(
    days: int | None, reason: str | None
) -> None:
    keeps = {"stale_after_days": 30, "measured_on_column": "measured_on"}
    measured_on = None if days is None else dt.date(2024, 5, 31) - dt.timedelta(days=days)
    assert reason_not_used(keeps, use=1, measured_on=measured_on) == reason


def test_coverage_is_of_the_weight_that_applies_to_the_stage() -> None:
    config = a_config(
        a_measure("use", weight=30.0),
        a_measure("mrr", weight=10.0, min_tenure_days=999),
        a_measure("first_steps", weight=60.0, stages=("onboarding",)),
    )
    assert one_score(config, use=50, mrr=50, first_steps=50)["coverage"] == 0.75


def test_below_the_minimum_coverage_there_is_no_score_and_no_reason_and_no_contribution() -> None:
    config = a_config(a_measure("use", weight=30.0), a_measure("mrr", weight=10.0), min_coverage=0.3)
    row = a_row(use=None, mrr=20)
    found = scores([row], config)[0]
    assert (found["score"], found["health_band"], found["main_reason"]) == (None, "unknown", None)
    assert {each["contribution"] for each in contributions([row], config)} == {None}
    assert one_score(config, use=20, mrr=None)["score"] == 20


def test_contributions_sum_to_the_score_and_with_the_points_lost_to_a_hundred() -> None:
    config = a_config(a_measure("use", weight=7.0), a_measure("mrr", weight=3.0), a_measure("nps"))
    row = a_row(use=33, mrr=71, nps=None)
    used = [each for each in contributions([row], config) if each["is_used"]]
    given = sum(each["contribution"] for each in used)
    assert isclose(given, scores([row], config)[0]["score"], abs_tol=1e-9)
    assert isclose(given + sum(each["points_lost"] for each in used), 100, abs_tol=1e-9)


def test_each_axis_has_a_score_of_its_own_by_the_same_rule() -> None:
    config = a_config(
        a_measure("use"),
        a_measure("mrr", axis="commercial", weight=30.0),
        a_measure("past_due", axis="commercial", weight=10.0),
        min_coverage=0.3,
    )
    found = one_score(config, use=90, mrr=None, past_due=20)
    assert (found["adoption_score"], found["commercial_score"], found["sentiment_score"]) == (90, None, None)
    assert one_score(config, use=90, mrr=40, past_due=20)["commercial_score"] == 35


def test_the_main_reason_is_the_measure_that_costs_most_points() -> None:
    config = a_config(a_measure("use", weight=30.0), a_measure("mrr", weight=10.0))
    assert one_score(config, use=80, mrr=50)["main_reason"] == "use"
    assert one_score(config, use=80, mrr=30)["main_reason"] == "mrr"


def test_of_measures_that_cost_the_same_the_first_by_id_is_the_main_reason() -> None:
    config = a_config(a_measure("use", weight=30.0), a_measure("mrr", weight=10.0))
    assert one_score(config, use=90, mrr=70)["main_reason"] == "mrr"


def test_a_score_of_a_hundred_has_no_reason() -> None:
    assert one_score(a_config(), use=100)["main_reason"] is None


def test_a_first_score_is_in_the_band_it_falls_in() -> None:
    firsts = [bands(a_history(score))[0] for score in (100, 70, 69.9, 40, 39.9, 0)]
    assert firsts == ["green", "green", "yellow", "yellow", "red", "red"]


def test_a_band_is_held_until_the_score_passes_its_edge_by_the_hysteresis() -> None:
    assert bands(a_history(71, 69, 67, 66.9, 72.9, 73)) == [
        "green",
        "green",
        "green",
        "yellow",
        "yellow",
        "green",
    ]


def test_a_fall_over_two_edges_goes_to_the_lowest_band_passed() -> None:
    assert bands(a_history(90, 36, 75, 38, 36)) == ["green", "red", "green", "yellow", "red"]


def test_without_a_score_at_the_preceding_month_end_the_band_starts_anew() -> None:
    assert bands(a_history(71, None, 69)) == ["green", "green", "yellow"]
    january, _, march = a_history(71, 71, 69)
    assert bands([january, march]) == ["green", "yellow"]


def test_without_a_score_the_last_known_band_is_kept_for_a_while_with_its_date() -> None:
    """The feed is silent: after February nothing is measured, and the band of February goes after 62 days."""
    found = scores(a_history(None, 30, None, None, None), a_config())
    assert [row["health_band"] for row in found] == ["unknown", "red", "red", "red", "unknown"]
    february = dt.date(2024, 2, 29)
    assert [row["band_as_of_date"] for row in found] == [None, february, february, february, None]


def test_whoever_is_leaving_is_in_the_lowest_band_whatever_the_score() -> None:
    january, february, march = a_history(71, 90, 69)
    found = scores([january, february | {"is_leaving": True}, march], a_config())
    # The hysteresis looks at the band that the score alone gives: green in February.
    assert [row["health_band"] for row in found] == ["green", "red", "green"]
    (unscored,) = scores([a_row(use=None, is_leaving=True)], a_config())
    assert (unscored["health_band"], unscored["band_as_of_date"]) == ("red", unscored["as_of_date"])


def test_what_is_due_is_a_reason_of_its_own() -> None:
    config = a_config(
        a_measure("use", weight=10.0), a_measure("days_left", axis="timing", weight=90.0), a_measure("mrr")
    )
    found = one_score(config, use=50, days_left=0, mrr=60)
    assert (found["main_reason"], found["timing_reason"], found["timing_score"]) == ("use", "days_left", 0)
    found = one_score(config, use=100, days_left=0, mrr=100)
    assert (found["main_reason"], found["timing_reason"]) == (None, "days_left")


def test_coverage_is_of_inputs_that_the_company_records() -> None:
    config = a_config(
        a_measure("use", weight=30.0, recorded_column="is_recorded"),
        a_measure("mrr", weight=10.0),
        min_coverage=0.5,
    )
    never = one_score(config, use=None, mrr=20, is_recorded=False)
    assert (never["score"], never["coverage"]) == (20, 1)
    silent = one_score(config, use=None, mrr=20, is_recorded=True)
    assert (silent["score"], silent["coverage"]) == (None, 0.25)
    row = a_row(use=None, mrr=20, is_recorded=False)
    assert contributions([row], config)[1]["reason_not_used"] == "not_recorded"


def test_todays_band_is_seen_from_the_preceding_month_end() -> None:
    assert bands(a_history(71, 68, last=dt.date(2024, 2, 10))) == ["green", "green"]
    january, march = a_history(71, 68, last=dt.date(2024, 3, 10))
    assert bands([january, march]) == ["green", "yellow"]


def test_bands_of_one_account_say_nothing_about_another() -> None:
    january, february = a_history(71, 69)
    assert bands([january, february | {"account_id": "B"}]) == ["green", "yellow"]


def changes(rows: list[Row]) -> list[float | None]:
    return [row["score_change_30d"] for row in scores(rows, a_config())]


def test_the_trend_compares_with_the_month_end_before() -> None:
    assert changes(a_history(50, 62, 60)) == [None, 12, -2]


def test_the_trend_looks_back_at_least_28_days() -> None:
    assert changes(a_history(50, 60, 90, last=dt.date(2024, 3, 27)))[-1] == 40
    assert changes(a_history(50, 60, 90, last=dt.date(2024, 3, 28)))[-1] == 30


def test_without_a_score_then_there_is_no_trend() -> None:
    others = [row | {"account_id": "B"} for row in a_history(1, 1, 1)]
    january, _, march = a_history(50, 60, 90)
    assert [row["score_change_30d"] for row in scores([january, march, *others], a_config())][:2] == [
        None,
        None,
    ]
    assert changes(a_history(50, None, 90)) == [None, None, None]


def test_a_column_that_is_not_there_is_named_with_its_measure() -> None:
    with pytest.raises(HealthConfigError, match=r"health_measures\.csv, use: .* no column 'logins'"):
        one_score(a_config(a_measure(source_column="logins")), use=1)
