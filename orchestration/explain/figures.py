"""A figure of a release, with its numerator and denominator and what the segments added to its change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import duckdb

from orchestration.errors import ProjectError
from orchestration.explain.effects import Sides
from orchestration.release.releases import literal, quoted

ALL = ("all", "all")
COMPARISONS = {"month": 1, "year": 12}
# Columns by which a mart is more than month and segment; its rows of `all` are the figure.
_KEYS = {"month_start", "segment_dimension", "segment_value"}


class ExplainError(ProjectError, ValueError):
    """What was asked for is not there; the message says what is."""


@dataclass(frozen=True)
class Kpi:
    """A row of dim_kpis."""

    kpi_id: str
    name_en: str
    name_ja: str
    formula_en: str
    formula_ja: str
    unit: str
    mart: str
    value_column: str
    numerator_column: str | None
    denominator_column: str | None
    left_out_reason: str | None
    factor: float


@dataclass(frozen=True)
class SegmentDriver:
    """What a segment added to the change of the company's figure."""

    comparison: str
    dimension: str
    segment: str
    contribution: float
    rate_effect: float | None
    mix_effect: float | None


@dataclass(frozen=True)
class Figure:
    """The value of a KPI in a month and segment; `earlier` holds the months compared with, if they exist."""

    kpi: Kpi
    month: dt.date
    segment: tuple[str, str]
    value: float | None
    sides: Sides | None
    earlier: dict[str, tuple[float | None, Sides | None]]
    drivers: Sequence[SegmentDriver]


def parsed_month(text: str) -> dt.date:
    """The first day of a month such as 2025-12.

    Raises:
        ExplainError: it is no month.
    """
    try:
        return dt.date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        raise ExplainError(f"MONTH is {text!r}; expected a month such as 2025-12.") from None


def parsed_segment(text: str) -> tuple[str, str]:
    """A dimension and its value, written such as plan:pro; all without a text.

    Raises:
        ExplainError: the colon is missing.
    """
    if not text.strip() or text.strip() == "all":
        return ALL
    dimension, colon, value = text.strip().partition(":")
    if not (colon and dimension and value):
        raise ExplainError(f"SEGMENT is {text!r}; expected a dimension and a value, such as plan:pro.")
    return dimension, value


def earlier_month(month: dt.date, months: int) -> dt.date:
    """The first of the month some months before."""
    years, index = divmod(month.year * 12 + month.month - 1 - months, 12)
    return dt.date(years, index + 1, 1)


def find_kpi(connection: duckdb.DuckDBPyConnection, asked: str) -> Kpi:
    """The KPI of an id, or of a name that one KPI alone has.

    Raises:
        ExplainError: there is none, or it has no figure by month and segment.
    """
    rows = _rows(connection, "select * from marts.dim_kpis order by kpi_id")
    by_id = {row["kpi_id"]: row for row in rows}
    names: dict[str, list[str]] = {}
    for row in rows:
        aliases = (row["aliases_ja"] or "").split("|")
        for name in {row["name_en"], row["name_ja"], *(alias.strip() for alias in aliases)} - {"", None}:
            names.setdefault(name.casefold(), []).append(row["kpi_id"])
    named = names.get(asked.strip().casefold(), [])
    row = by_id.get(asked.strip()) or (by_id[named[0]] if len(named) == 1 else None)
    if row is None:
        near = named or get_close_matches(asked.strip().casefold(), [*by_id, *names], n=3, cutoff=0.5)
        found = dict.fromkeys(kpi_id for name in near for kpi_id in names.get(name, [name]))
        raise ExplainError(
            f"{asked!r} is no KPI; did you mean {' or '.join(found)}?"
            if found
            else f"{asked!r} is no KPI; the mart dim_kpis lists them."
        )
    if row["mart"] is None:
        below = [other["kpi_id"] for other in rows if other["parent_kpi_id"] == row["kpi_id"]]
        raise ExplainError(
            f"{row['kpi_id']} is a key success factor without a figure of its own; "
            f"KPIs that measure it: {', '.join(below)}."
        )
    if row["left_out_reason"] == "other_grain":
        raise ExplainError(
            f"{row['kpi_id']} is in the mart {row['mart']}, which is not by month and segment; look there."
        )
    known: dict[str, Any] = {name: row[name] for name in Kpi.__dataclass_fields__}
    known["factor"] = known["factor"] or 1.0
    return Kpi(**known)


def read_figure(
    connection: duckdb.DuckDBPyConnection, kpi: Kpi, month: dt.date, segment: tuple[str, str]
) -> Figure:
    """The figure as its mart of the release holds it.

    Raises:
        ExplainError: the month or the segment is not there.
    """
    months = [month, *(earlier_month(month, back) for back in COMPARISONS.values())]
    numerator = quoted(kpi.numerator_column) if kpi.numerator_column else "null"
    denominator = quoted(kpi.denominator_column) if kpi.denominator_column else "null"
    query = (
        f"select month_start, {quoted(kpi.value_column)}::double, {numerator}::double, {denominator}::double "
        f"from marts.{quoted(kpi.mart)} where {_whole_rows(connection, kpi.mart)} "
        f"and month_start in ({', '.join(map(_day, months))}) "
        f"and segment_dimension = {literal(segment[0])} and segment_value = {literal(segment[1])}"
    )
    found = {row[0]: row[1:] for row in connection.execute(query).fetchall()}
    if month not in found:
        _refuse(connection, kpi, month, segment)
    return Figure(
        kpi=kpi,
        month=month,
        segment=segment,
        value=found[month][0],
        sides=_sides(kpi, *found[month][1:]),
        earlier={
            name: (found[day][0], _sides(kpi, *found[day][1:]))
            for name, day in zip(COMPARISONS, months[1:], strict=True)
            if day in found
        },
        drivers=_drivers(connection, kpi, month),
    )


def _sides(kpi: Kpi, numerator: float | None, denominator: float | None) -> Sides | None:
    if numerator is None or (kpi.denominator_column and denominator is None):
        return None
    return Sides(numerator, denominator)


def _drivers(connection: duckdb.DuckDBPyConnection, kpi: Kpi, month: dt.date) -> list[SegmentDriver]:
    rows = connection.execute(
        "select comparison, segment_dimension, segment_value, contribution, rate_effect, mix_effect "
        "from marts.kpi_change_drivers where kpi_id = ? and month_start = ? "
        "order by abs(contribution) desc, segment_dimension, segment_value",
        [kpi.kpi_id, month],
    ).fetchall()
    return [SegmentDriver(*row) for row in rows]


def _refuse(
    connection: duckdb.DuckDBPyConnection, kpi: Kpi, month: dt.date, segment: tuple[str, str]
) -> None:
    """Raise the sentence that says what there is instead."""
    rows = f"marts.{quoted(kpi.mart)} where {_whole_rows(connection, kpi.mart)}"
    dimension, value = segment
    dimensions = [
        name for (name,) in connection.execute(f"select distinct segment_dimension from {rows}").fetchall()
    ]
    if dimensions and dimension not in dimensions:
        near = get_close_matches(dimension, dimensions, n=1)
        meant = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(dimensions))}."
        raise ExplainError(f"{dimension!r} is no dimension of segments{meant}")
    ((first, last),) = connection.execute(f"select min(month_start), max(month_start) from {rows}").fetchall()
    if first is None:
        raise ExplainError(f"{kpi.kpi_id} has no figures: what it is counted from was not supplied.")
    values = connection.execute(
        f"select distinct segment_value from {rows} and segment_dimension = {literal(dimension)} "
        f"and month_start = {_day(month)} order by 1"
    ).fetchall()
    if not values:
        raise ExplainError(
            f"{kpi.kpi_id} has no figure in {month:%Y-%m}; its months are {first:%Y-%m} to {last:%Y-%m}."
        )
    there = [name for (name,) in values]
    near = get_close_matches(value, there, n=1)
    meant = f"did you mean {dimension}:{near[0]}?" if near else f"there are {', '.join(there[:20])}."
    raise ExplainError(f"{dimension}:{value} has no figure of {kpi.kpi_id} in {month:%Y-%m}; {meant}")


def _whole_rows(connection: duckdb.DuckDBPyConnection, mart: str) -> str:
    """The condition for rows that are not split by a further column, such as the subject of a survey."""
    columns = connection.execute(
        "select column_name from information_schema.columns "
        "where table_schema = 'marts' and table_name = ? and data_type = 'VARCHAR'",
        [mart],
    ).fetchall()
    further = [name for (name,) in columns if name not in _KEYS]
    return " and ".join([f"{quoted(name)} = 'all'" for name in further] or ["true"])


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = connection.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _day(day: dt.date) -> str:
    return f"date '{day}'"
