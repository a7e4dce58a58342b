"""Figures as reported, one by one in plain Python: what the models of the scorecard must give."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OF_MONTH = {"all", "plan", "product", "tenure_band", "touch_model"}


@dataclass(frozen=True, order=True)
class Figure:
    """Which value it is: a KPI's of a month and segment."""

    kpi_id: str
    month_start: dt.date
    segment_dimension: str
    segment_value: str


@dataclass(frozen=True)
class Version:
    """A value as it was published."""

    value: float | None
    run_id: str
    as_of_date: dt.date
    published_at: dt.datetime


Versions = dict[Figure, list[Version]]


def closes_on(month: dt.date, close_day: int) -> dt.date:
    """The close day of a month, in the month after it."""
    return (month.replace(day=28) + dt.timedelta(4)).replace(day=close_day)


def is_same(value: float | None, other: float | None) -> bool:
    """Whether two values are the same to 1e-9 of the larger."""
    if value is None or other is None:
        return value is other
    return math.isclose(value, other, rel_tol=1e-9)


def publish(
    versions: Versions,
    values: Mapping[Figure, float | None],
    run: Version,
    kpis: Iterable[str],
    close_day: int,
) -> None:
    """Add what a run publishes that is not what was published last; `run` says when and as of which date."""
    for figure in sorted({*versions, *values}):
        is_open = closes_on(figure.month_start, close_day) > run.as_of_date
        if figure.kpi_id not in kpis or figure.segment_dimension not in OF_MONTH:
            continue
        if is_open and figure.segment_dimension != "all":
            continue
        known = versions.get(figure, [])
        last, value = known[-1].value if known else None, values.get(figure)
        if not is_same(last, value):
            added = Version(value, run.run_id, run.as_of_date, run.published_at)
            versions.setdefault(figure, []).append(added)


def reported(
    versions: Versions, as_of_date: dt.date, close_day: int
) -> dict[Figure, tuple[float | None, float | None]]:
    """The first reported and the latest value of the figures of closed months."""
    found = {}
    for figure, known in versions.items():
        close = closes_on(figure.month_start, close_day)
        if close <= as_of_date:
            in_time = [version for version in known if version.as_of_date <= close]
            first = in_time[-1] if in_time else known[0]
            found[figure] = (first.value, known[-1].value)
    return found
