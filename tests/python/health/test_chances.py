"""Chances of leaving: fitted on what was over by then, the same on every engine, and worth what they say."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest

from orchestration.health.chances import INPUTS
from orchestration.health.config import HealthConfig
from orchestration.health.evaluation.chance_curves import chance_history, chances
from orchestration.health.evaluation.observations import NEVER, Observations

from ..support.health_builders import Engine, Row, a_config, a_row, in_duckdb, in_polars
from ..support.health_chances import CURVES, KNOWN, MAY, estimated, some_customers
from ..support.health_observations import history

DAY = dt.date(1970, 1, 1)


def expected(row: Row, horizon: int) -> float | None:
    """The chance by the rules in words, one account at a time."""
    fitting = [
        curve for curve in CURVES if curve.horizon_days == horizon and curve.from_date <= row["as_of_date"]
    ]
    if not fitting or fitting[-1].reason or (row["use"] is None and row["days_to_term_end"] is None):
        return None
    unhealthy = 0.5 if row["use"] is None else 1 - row["use"] / 100
    due = row["days_to_term_end"] is not None and row["days_to_term_end"] <= horizon
    notice = row["notice_given"] or 0.0
    ends = row["days_to_scheduled_end"] is not None and row["days_to_scheduled_end"] <= horizon
    repeatedly = due and row["billing_days"] is not None and 2 * row["billing_days"] <= horizon
    values = (unhealthy, row["past_due_share"] or 0.0, notice, due, notice * due, ends, repeatedly)
    logit = fitting[-1].intercept + sum(
        weight * float(value) for weight, value in zip(fitting[-1].weights, values, strict=True)
    )
    return 1 / (1 + math.exp(-logit))


@pytest.mark.parametrize("engine", [in_polars, in_duckdb])
def test_chances_are_those_counted_one_account_at_a_time(engine: Engine) -> None:
    rows = some_customers()
    for row, found in zip(rows, estimated(rows, engine), strict=True):
        short, long = expected(row, 30), expected(row, 90)
        longest = None if long is None else max(long, short or 0.0)
        assert found["churn_chance_30d"] == (None if short is None else pytest.approx(short, abs=1e-6))
        assert found["churn_chance_90d"] == (None if longest is None else pytest.approx(longest, abs=1e-6))
        assert (found["churn_chance_reason"] is None) == (short is not None and long is not None)


def test_why_there_is_no_chance_is_said() -> None:
    none = {"use": None, "days_to_term_end": None}
    rows = [
        a_row(account_id="a", as_of_date=dt.date(2023, 12, 31), use=50.0, **KNOWN),
        a_row(account_id="b", as_of_date=dt.date(2024, 2, 29), use=50.0, **KNOWN),
        a_row(account_id="c", as_of_date=MAY, use=50.0, **KNOWN),
        a_row(account_id="d", as_of_date=MAY, **(KNOWN | none)),
    ]
    found = {row["account_id"]: row["churn_chance_reason"] for row in estimated(rows)}
    assert found == {"a": "too_few_windows", "b": "too_few_churns", "c": None, "d": "no_score"}
    without = estimated(rows, curves=[])
    assert [row["churn_chance_90d"] for row in without] == [None] * 4
    assert {row["churn_chance_reason"] for row in without} == {"too_few_windows", "no_score"}


def test_a_worse_account_never_has_the_lower_chance() -> None:
    curve = chance_history(history(months=24, customers=200), few(), 90).curves[-1]
    assert curve.reason is None
    at_rest = np.zeros((1, len(INPUTS)))
    for number, name in enumerate(INPUTS):
        worse = at_rest.copy()
        worse[0, number] = 1.0
        if name != "due_repeatedly":
            assert chances(curve, worse)[0] >= chances(curve, at_rest)[0], name


def few(**changes: int) -> HealthConfig:
    minima = {"chance_min_leavers": 100, "chance_min_churns": 30, "chance_min_windows": 6}
    return replace(a_config(), **(minima | changes))


def test_a_chance_knows_only_windows_that_were_over() -> None:
    seen = history(months=24, customers=200)
    before = chance_history(seen, few(), 90)
    known = ~np.isnan(before.chance)
    assert known.any()
    assert not known.all()
    for curve in before.curves:
        begins = (curve.from_date - DAY).days
        # What becomes of windows that were open then is turned round.
        is_open = seen.day + 90 > begins
        turned = np.where(is_open, np.where(seen.churned(0, 90), NEVER, seen.day + 45), seen.churn_day)
        again = chance_history(replace(seen, churn_day=turned), few(), 90).curves
        assert [one for one in again if one.from_date == curve.from_date] == [curve]


def test_past_chances_are_those_that_the_backtest_judges() -> None:
    seen = history(months=24, customers=200)
    found = chance_history(seen, few(), 90)
    mature = seen.mature(90)
    for row in np.flatnonzero(~np.isnan(found.chance))[::97]:
        day = DAY + dt.timedelta(int(seen.day[mature][row]))
        curve = [one for one in found.curves if one.from_date <= day][-1]
        assert chances(curve, seen.inputs["90"][mature][[row]])[0] == found.chance[row]


def test_chances_come_true_as_often_as_they_say() -> None:
    seen = history(months=30, customers=400)
    found = chance_history(seen, few(), 90).chance
    outcome = seen.churned(0, 90)[seen.mature(90)]
    known = ~np.isnan(found)
    for low, high in ((0.0, 0.1), (0.1, 0.25), (0.25, 1.0)):
        part = known & (found >= low) & (found < high)
        assert part.sum() > 100
        assert outcome[part].mean() == pytest.approx(found[part].mean(), abs=0.05)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"chance_min_windows": 50}, "too_few_windows"),
        ({"chance_min_churns": 10_000}, "too_few_churns"),
        ({"chance_min_leavers": 10_000}, "too_few_leavers"),
    ],
)
def test_short_history_gives_no_chance(changes: dict[str, int], reason: str) -> None:
    found = chance_history(history(), few(**changes), 90)
    assert found.curves[-1].reason == reason
    assert all(curve.reason for curve in found.curves)
    assert np.isnan(found.chance).all()


def test_leavers_are_counted_once_for_all_their_dates() -> None:
    seen = one_leaver()
    assert chance_history(seen, few(chance_min_leavers=1, chance_min_churns=1), 90).curves[-1].reason is None
    two = chance_history(seen, few(chance_min_leavers=2, chance_min_churns=1), 90).curves[-1]
    assert two.reason == "too_few_leavers"


def one_leaver() -> Observations:
    """One of many customers leaves, and is in the windows of three dates."""
    seen = history(months=12, customers=50)
    left = (seen.account == "a7") & (seen.day <= 200)
    return replace(seen, churn_day=np.where(left & (seen.day > 110), 205, NEVER))
