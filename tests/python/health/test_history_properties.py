"""Which scores a run keeps, for any part of the past that runs before it kept."""

from __future__ import annotations

import datetime as dt

import narwhals as nw
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from orchestration.health.history import before_newest, not_kept_yet

DAYS = [dt.date(2024, month, 28) for month in (1, 2, 3)]
PAIRS = [(account, day) for account in ("a", "b", "c") for day in DAYS]


def scores(pairs: set[tuple[str, dt.date]], version: str = "now") -> nw.LazyFrame:
    rows = [(*pair, version) for pair in sorted(pairs)]
    schema = {"account_id": str, "as_of_date": pl.Date, "config_version": str}
    return nw.from_native(pl.DataFrame(rows, schema, orient="row").lazy())


def pairs_of(frame: nw.LazyFrame) -> set[tuple[str, dt.date]]:
    return set(frame.select("account_id", "as_of_date").collect(backend="polars").rows())


@given(st.sets(st.sampled_from(PAIRS)), st.sets(st.sampled_from(PAIRS)))
def test_a_score_is_kept_once(now: set, before: set) -> None:
    assert pairs_of(not_kept_yet(scores(now), scores(before))) == now - before


@given(st.sets(st.sampled_from(PAIRS)), st.sets(st.sampled_from(PAIRS)))
def test_scores_of_other_rules_are_kept_apart(now: set, before: set) -> None:
    assert pairs_of(not_kept_yet(scores(now), scores(before, "of other rules"))) == now


@given(st.sets(st.sampled_from(PAIRS), min_size=1))
def test_todays_scores_are_not_kept(now: set) -> None:
    newest = max(day for _, day in now)
    assert pairs_of(before_newest(scores(now))) == {(account, day) for account, day in now if day < newest}
