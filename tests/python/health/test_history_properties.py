"""What a run reads from the runs before it, for any part of the past that they scored."""

from __future__ import annotations

import datetime as dt

import narwhals as nw
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from orchestration.health.history import before_newest, scored_before, unscored

from ..support.health_builders import a_config

DAYS = [dt.date(2024, month, 28) for month in (1, 2, 3)]
PAIRS = [(account, day) for account in ("a", "b", "c") for day in DAYS]
CONFIG = a_config()
KEPT = ("score", "coverage", *CONFIG.axis_columns)


def measures(pairs: set[tuple[str, dt.date]]) -> pl.DataFrame:
    rows = [(*pair, None, "established") for pair in sorted(pairs)]
    schema = {"account_id": str, "as_of_date": pl.Date, "region": str, "lifecycle_stage": str}
    return pl.DataFrame(rows, schema, orient="row")


def history(pairs: set[tuple[str, dt.date]], version: str) -> pl.DataFrame:
    frame = measures(pairs).drop("region", "lifecycle_stage")
    numbers = [pl.lit(50.0).alias(name) for name in KEPT]
    return frame.with_columns(
        *numbers, main_reason=pl.lit("use"), config_version=pl.lit(version, dtype=pl.String)
    )


def pairs_of(frame: nw.LazyFrame) -> set[tuple[str, dt.date]]:
    return set(frame.select("account_id", "as_of_date").collect(backend="polars").rows())


@given(st.sets(st.sampled_from(PAIRS)), st.sets(st.sampled_from(PAIRS)))
def test_every_account_and_date_is_scored_once(now: set, before: set) -> None:
    there = nw.from_native(measures(now).lazy())
    stored = nw.from_native(history(before, CONFIG.version).lazy())
    fresh, kept = pairs_of(unscored(there, stored, CONFIG)), pairs_of(scored_before(there, stored, CONFIG))
    assert fresh | kept == now
    assert not fresh & kept
    assert kept == now & before


@given(st.sets(st.sampled_from(PAIRS)), st.sets(st.sampled_from(PAIRS)))
def test_scores_of_other_rules_are_no_scores_of_these(now: set, before: set) -> None:
    there = nw.from_native(measures(now).lazy())
    stored = nw.from_native(history(before, "of other rules").lazy())
    assert pairs_of(unscored(there, stored, CONFIG)) == now


@given(st.sets(st.sampled_from(PAIRS), min_size=1))
def test_todays_scores_are_not_kept(now: set) -> None:
    newest = max(day for _, day in now)
    assert pairs_of(before_newest(nw.from_native(measures(now).lazy()))) == {
        (account, day) for account, day in now if day < newest
    }
