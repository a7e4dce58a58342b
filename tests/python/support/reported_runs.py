"""Runs that publish figures one after the other, by the models themselves, and random histories of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import duckdb
from hypothesis import strategies as st

from .reported_oracle import Figure, Version, Versions, is_same, publish, reported
from .warehouse import compiled

MONTHS = [dt.date(2024, month, 1) for month in (1, 2, 3)]
SEGMENTS = [("all", "all"), ("plan", "pro"), ("touch_model", "low_touch"), ("country", "JP")]
KPIS = ("mrr", "nrr")
VALUES = (None, 0.0, 1.0, 1.0 + 1e-12, 1.0 + 1e-6, -5.0, 1e12, 1e12 + 1.0)
FIGURES = [Figure(kpi, month, *segment) for kpi in KPIS for month in MONTHS for segment in SEGMENTS]
MODELS = ("kpi_value_versions", "int_kpi_reported_values")
CLOSE_DAYS = st.sampled_from([1, 5, 27])

History = list[tuple[dt.date, dict[Figure, float | None]]]


def reporting_queries() -> Mapping[str, str]:
    """The SQL of the models, with the names of their tables."""
    nodes = compiled("{}")["nodes"].values()
    return {node["name"]: node["compiled_code"] for node in nodes if node["name"] in MODELS}


class ReportedRuns:
    """The tables that the models read, in memory, and the runs that publish into them."""

    def __init__(self, queries: Mapping[str, str], close_day: int) -> None:
        self.queries, self.close_day = queries, close_day
        self.connection = duckdb.connect()
        self.connection.execute(
            """
            attach ':memory:' as cs_kpi;
            use cs_kpi;
            create schema history;
            create schema intermediate;
            create schema marts;
            create table marts.dim_kpis as select unnest(['mrr', 'nrr']) as kpi_id;
            create table history.kpi_value_versions (
                kpi_id text, segment_dimension text, segment_value text, run_id text, value double,
                published_at timestamp, as_of_date date, month_start date
            );
            create table intermediate.int_kpi_month_values (
                kpi_id text, month_start date, segment_dimension text, segment_value text, value double
            );
            create table intermediate.int_settings (
                run_id text, as_of_date date, loaded_at timestamp, close_day bigint
            )
            """
        )

    def run(self, values: Mapping[Figure, float | None], run: Version) -> None:
        """Build the versions of a run, and let it be the last release."""
        self.connection.execute("delete from intermediate.int_kpi_month_values")
        self.connection.execute("delete from intermediate.int_settings")
        for figure, value in values.items():
            self.connection.execute(
                "insert into intermediate.int_kpi_month_values values (?, ?, ?, ?, ?)",
                [
                    *(figure.kpi_id, figure.month_start, figure.segment_dimension, figure.segment_value),
                    value,
                ],
            )
        self.connection.execute(
            "insert into intermediate.int_settings values (?, ?, ?, ?)",
            [run.run_id, run.as_of_date, run.published_at, self.close_day],
        )
        for model, schema in zip(MODELS, ("marts", "intermediate"), strict=True):
            self.connection.execute(f"create or replace table {schema}.{model} as {self.queries[model]}")
        self.connection.execute(
            "create or replace table history.kpi_value_versions as from marts.kpi_value_versions"
        )

    def versions(self) -> Versions:
        """What `kpi_value_versions` holds, in the order of publication."""
        found: Versions = {}
        for *figure, value, run_id, as_of_date, published_at in self.connection.execute(
            "select kpi_id, month_start, segment_dimension, segment_value, value, run_id, as_of_date, "
            "published_at from marts.kpi_value_versions order by published_at"
        ).fetchall():
            found.setdefault(Figure(*figure), []).append(Version(value, run_id, as_of_date, published_at))
        return found

    def reported(self) -> dict[Figure, tuple[Any, Any]]:
        """The first reported and the latest value that the models give."""
        rows = self.connection.execute(
            "select kpi_id, month_start, segment_dimension, segment_value, "
            "first_reported_value, latest_value from intermediate.int_kpi_reported_values"
        ).fetchall()
        return {Figure(*row[:4]): (row[4], row[5]) for row in rows}


@st.composite
def histories(draw: st.DrawFn) -> History:
    """What some runs publish, each with its as-of date: values change, come, go and stay."""
    days = st.dates(dt.date(2024, 1, 20), dt.date(2024, 4, 10))
    dates = sorted(draw(st.lists(days, min_size=1, max_size=6)))
    figures = draw(st.lists(st.sampled_from(FIGURES), min_size=1, max_size=5, unique=True))
    value = st.sampled_from(VALUES)
    return [
        (day, {figure: draw(value) for figure in figures if draw(st.sampled_from([True, True, False]))})
        for day in dates
    ]


def check_history(queries: Mapping[str, str], history: History, close_day: int) -> int:
    """Publish a history by the models and one by one; how many figures are no longer as first reported."""
    runs, expected = ReportedRuns(queries, close_day), Versions()
    for number, (day, values) in enumerate(history):
        run = Version(None, f"r{number}", day, dt.datetime(2024, 5, 1) + dt.timedelta(hours=number))
        runs.run(values, run)
        publish(expected, values, run, KPIS, close_day)
        assert runs.versions() == expected
    found = runs.reported()
    assert found == reported(expected, history[-1][0], close_day)
    runs.connection.close()
    return sum(not is_same(first, latest) for first, latest in found.values())
