"""Random measured accounts to score, and when two lists of scores are the same."""

from __future__ import annotations

import datetime as dt
from math import isclose
from typing import Any

from hypothesis import strategies as st

from .health_builders import Row, a_config, a_measure, a_row

CONFIG = a_config(
    a_measure("use", weight=30.0, stale_after_days=30, measured_on_column="measured_on"),
    a_measure("idle_days", weight=20.0, floor=0.0, ceiling=28.0, higher_is_better=False),
    a_measure("term", weight=8.0, axis="timing", recorded_column="is_recorded"),
    a_measure("mrr", weight=12.5, floor=-0.5, ceiling=0.1, axis="commercial", min_tenure_days=90),
    a_measure("steps", weight=5.0, ceiling=7.0, axis="maturity", stages=("onboarding",)),
    min_coverage=0.3,
)
MONTH_ENDS = [dt.date(2024, month, 1) - dt.timedelta(days=1) for month in range(2, 8)]
TODAY = dt.date(2024, 7, 11)


def number(low: float, high: float) -> st.SearchStrategy[float | None]:
    # Whole steps, so that edges, floors and ties are hit and not only approached.
    return st.none() | st.integers(0, 40).map(lambda step: low + (high - low) * step / 40)


rows = st.builds(
    a_row,
    account_id=st.sampled_from("ABCD"),
    as_of_date=st.sampled_from([*MONTH_ENDS, TODAY]),
    tenure_days=st.sampled_from([10, 89, 90, 400]),
    lifecycle_stage=st.sampled_from(["onboarding", "established"]),
    measured_on=st.none() | st.sampled_from([dt.date(2023, 12, 1), dt.date(2024, 1, 1), MONTH_ENDS[-1]]),
    is_leaving=st.booleans(),
    is_recorded=st.booleans(),
    term=number(-10, 110),
    use=number(-10, 110),
    idle_days=number(0, 40),
    mrr=number(-1, 1),
    steps=number(0, 9),
)


def company_of(least: int) -> st.SearchStrategy[list[Row]]:
    return st.lists(
        rows, min_size=least, max_size=28, unique_by=lambda row: (row["account_id"], row["as_of_date"])
    )


companies = company_of(1)


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return isclose(left, right, abs_tol=1e-9)
    return left == right


def assert_same(left: list[Row], right: list[Row]) -> None:
    assert len(left) == len(right)
    for one, other in zip(left, right, strict=True):
        assert all(same(one[column], other[column]) for column in one), (one, other)
