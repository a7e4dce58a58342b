"""What holds for every account that could be: order, engines, sums, and that better is never worse."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import groupby
from math import nan

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.health.evaluation.tuning import position
from orchestration.health.evaluation.tuning import scores as array_scores
from orchestration.health.scoring import value_of, weigh_measures

from ..support.health_builders import (
    Row,
    a_config,
    a_row,
    as_frame,
    contributions,
    in_duckdb,
    in_polars,
    scores,
)
from ..support.health_strategies import CONFIG, MONTH_ENDS, TODAY, assert_same, companies, company_of, same

# A score wherever any measure is used, as over arrays.
UNCOVERED = replace(CONFIG, min_coverage=0.0)

some = settings(max_examples=40, deadline=None, derandomize=True)
few = settings(max_examples=5, deadline=None, derandomize=True)


@some
@given(companies)
def test_contributions_sum_to_the_score(company: list[Row]) -> None:
    explained = groupby(
        contributions(company, CONFIG), key=lambda row: (row["account_id"], row["as_of_date"])
    )
    sums = {
        key: sum(row["contribution"] for row in group if row["contribution"] is not None)
        for key, group in explained
    }
    for row in scores(company, CONFIG):
        assert same(sums[row["account_id"], row["as_of_date"]], row["score"] or 0.0)


@some
@given(companies, st.sampled_from(["use", "mrr", "idle_days"]), st.floats(0, 50))
def test_a_better_value_never_lowers_a_score_or_a_band(company: list[Row], column: str, step: float) -> None:
    gain = -step if column == "idle_days" else step
    better = [row | {column: None if row[column] is None else row[column] + gain} for row in company]
    ranks = ["unknown", "red", "yellow", "green"]
    for before, after in zip(scores(company, CONFIG), scores(better, CONFIG), strict=True):
        assert (after["score"] is None) == (before["score"] is None)
        assert (after["score"] or 0) >= (before["score"] or 0)
        assert ranks.index(after["health_band"]) >= ranks.index(before["health_band"])


@some
@given(st.data(), companies)
def test_the_order_of_rows_does_not_matter(data: st.DataObject, company: list[Row]) -> None:
    shuffled = data.draw(st.permutations(company))
    assert_same(scores(shuffled, CONFIG), scores(company, CONFIG))
    assert_same(contributions(shuffled, CONFIG), contributions(company, CONFIG))


@some
@given(companies)
def test_an_account_scores_the_same_alone(company: list[Row]) -> None:
    name = company[0]["account_id"]
    alone = scores([row for row in company if row["account_id"] == name], CONFIG)
    together = [row for row in scores(company, CONFIG) if row["account_id"] == name]
    # The trend alone looks at which as-of dates the others have.
    assert_same(*([row | {"score_change_30d": None} for row in found] for found in (alone, together)))


@few
@given(company_of(15))
def test_duckdb_and_polars_agree(company: list[Row]) -> None:
    assert_same(scores(company, CONFIG, in_duckdb), scores(company, CONFIG, in_polars))
    assert_same(contributions(company, CONFIG, in_duckdb), contributions(company, CONFIG, in_polars))


@some
@given(companies)
def test_the_formula_over_arrays_gives_the_same_values_and_scores(company: list[Row]) -> None:
    """Weights are fitted over arrays: what they are fitted for must be the score itself."""
    weighed = weigh_measures(in_polars(as_frame(company)), UNCOVERED).collect(backend="polars").to_polars()
    columns = [value_of(measure) for measure in UNCOVERED.measures]
    values = weighed.select(columns).cast(pl.Float64).fill_null(nan).to_numpy()
    for number, measure in enumerate(UNCOVERED.measures):
        raw = weighed[measure.source_column].cast(pl.Float64).fill_null(nan).to_numpy()
        placed = np.where(np.isnan(values[:, number]), nan, position(measure, raw))
        np.testing.assert_allclose(placed, values[:, number], atol=1e-12)
    found = array_scores(values, np.array([measure.weight for measure in UNCOVERED.measures]))
    np.testing.assert_allclose(found, weighed["score"].cast(pl.Float64).fill_null(nan).to_numpy(), atol=1e-9)


def walked_band(score: float | None, band_before: str | None) -> str:
    """The band by its definition, from the band at the preceding month-end, if there was one."""
    if score is None:
        return "unknown"
    order = ["red", "yellow", "green"]
    edges = {"yellow": 40, "green": 70}
    if band_before in (None, "unknown"):
        return max((band for band in order if score >= edges.get(band, 0)), key=order.index)
    band = order.index(band_before)
    while band < 2 and score >= edges[order[band + 1]] + 3:
        band += 1
    while band > 0 and score < edges[order[band]] - 3:
        band -= 1
    return order[band]


@some
@given(st.lists(st.none() | st.integers(30, 80), min_size=1, max_size=7), st.sets(st.integers(0, 6)))
def test_bands_are_those_of_a_walk_from_month_to_month(values: list[int | None], absent: set[int]) -> None:
    dates = [*MONTH_ENDS, TODAY]
    history = [
        a_row(as_of_date=dates[month], use=None if value is None else float(value))
        for month, value in enumerate(values)
        if month not in absent
    ]
    if not history:
        return
    walked: dict[dt.date, str] = {}
    for row in history:
        before = dates[dates.index(row["as_of_date"]) - 1] if row["as_of_date"] != dates[0] else None
        walked[row["as_of_date"]] = walked_band(row["use"], walked.get(before) if before else None)
    # Without a score the band is the last one that there was; nothing of it is carried into the next score.
    found = {
        row["as_of_date"]: row["health_band"] if row["band_as_of_date"] == row["as_of_date"] else "unknown"
        for row in scores(history, a_config())
    }
    assert found == walked
