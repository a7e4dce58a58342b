"""Published values of KPIs, kept from run to run, against a count one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest
from hypothesis import given, settings

from ..support.reported_oracle import Figure, Version, is_same
from ..support.reported_runs import (
    CLOSE_DAYS,
    FIGURES,
    History,
    ReportedRuns,
    check_history,
    histories,
    reporting_queries,
)


@pytest.fixture(scope="module")
def queries() -> Mapping[str, str]:
    """The SQL of the models under test."""
    return reporting_queries()


@settings(deadline=None, derandomize=True, database=None, max_examples=120)
@given(history=histories(), close_day=CLOSE_DAYS)
def test_runs_add_what_changed_and_report_what_was_first(
    queries: Mapping[str, str], history: History, close_day: int
) -> None:
    check_history(queries, history, close_day)


def test_the_same_values_again_add_nothing(queries: Mapping[str, str]) -> None:
    runs = ReportedRuns(queries, 5)
    values: dict[Figure, float | None] = dict.fromkeys(FIGURES, 1.5)
    for number in range(3):
        day = dt.date(2024, 6, 1) + dt.timedelta(number)
        runs.run(values, Version(None, f"r{number}", day, dt.datetime(2024, 6, 2 + number)))
    kept = [figure for figure in FIGURES if figure.segment_dimension != "country"]
    assert {figure: len(known) for figure, known in runs.versions().items()} == dict.fromkeys(kept, 1)


@pytest.mark.parametrize(
    ("value", "other", "same"),
    [
        *((1.0, 1.0 + 1e-10, True), (1.0, 1.0 + 1e-8, False), (0.0, 1e-300, False), (1e15, 1e15 + 1e5, True)),
        *((None, None, True), (None, 0.0, False), (-1.0, 1.0, False), (0.0, -0.0, True)),
    ],
)
def test_the_count_one_by_one_knows_what_is_the_same(
    value: float | None, other: float | None, same: bool
) -> None:
    assert is_same(value, other) == is_same(other, value) == same
