"""What the pages show, read from the marts of a release."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import duckdb

from orchestration.report.charts import Chart
from orchestration.report.language import LANGUAGES, NOTHING, Language, Text

Row = dict[str, Any]

ALL = "all"
# How marts name the segment of what nobody recorded.
UNKNOWN = Text("unknown", "不明")
# Segments to choose from, and how many values of each: the ones with the most MRR.
DIMENSIONS = {
    "product": Text("Product", "製品"),
    "plan": Text("Plan", "プラン"),
    "touch_model": Text("Touch model", "タッチモデル"),
    "size_band": Text("Size", "規模"),
    "industry": Text("Industry", "業種"),
    "region": Text("Region", "地域"),
    "country": Text("Country", "国"),
    "tenure_band": Text("Tenure", "契約期間"),
    "lifecycle_stage": Text("Lifecycle stage", "ライフサイクルステージ"),
    "cs_team": Text("CS team", "CSチーム"),
    "csm": Text("CSM", "担当CSM"),
}
MOST_VALUES = 10
# Three years and the month before.
MOST_MONTHS = 37
MOST_COHORTS = 25


@dataclass(frozen=True)
class Marts:
    """The marts of a release, and the month and the segment that a report is about.

    `read` are the marts that were read so far.
    """

    connection: duckdb.DuckDBPyConnection
    as_of: dt.date
    month: dt.date
    segment: str = ALL
    read: set[str] = field(default_factory=set)

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows of a query; `marts.` stands before the names of marts."""
        self.read.update(re.findall(r"\bmarts\.(\w+)", query))
        found = self.connection.execute(query, list(parameters))
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def row(self, query: str, parameters: Sequence[object] = ()) -> Row:
        """The only row of a query, or nothing but missing values."""
        found = self.rows(query, parameters)
        return found[0] if found else {}

    @cached_property
    def segments(self) -> list[tuple[str, str]]:
        """The segments to choose from, as dimension and value; so does the temporary table `chosen`."""
        self.read.add("kpi_mrr_months")
        dimensions = ", ".join(f"'{name}'" for name in DIMENSIONS)
        self.connection.execute(
            f"""
            create or replace temporary table chosen as
            select segment_dimension, segment_value, closing_mrr as chosen_mrr
            from marts.kpi_mrr_months
            where month_start = ? and segment_dimension in ({dimensions})
            qualify row_number() over (
                partition by segment_dimension order by closing_mrr desc, segment_value
            ) <= {MOST_VALUES} or segment_dimension || ': ' || segment_value = ?
            union all
            select 'all', 'all', null
            """,
            [self.month, self.segment],
        )
        found = self.rows("from chosen order by segment_dimension, chosen_mrr desc, segment_value")
        return [
            (row["segment_dimension"], row["segment_value"])
            for row in found
            if row["segment_dimension"] != ALL
        ]

    def choose(self) -> None:
        """Have the temporary table `chosen` hold the segments to choose from, and all."""
        _ = self.segments

    @cached_property
    def drawn(self) -> dict[str, list[Row]]:
        """The rows of charts that were read already."""
        return {}

    @cached_property
    def members(self) -> Mapping[str, str]:
        """The names of the staff by their ids."""
        return {
            row["member_id"]: row["member_name"] or row["member_id"]
            for row in self.rows("select member_id, member_name from marts.dim_team_members")
        }

    @cached_property
    def bands(self) -> dict[str, Text]:
        """The labels of the bands of health, the worst first."""
        found = self.rows(
            """
            select distinct health_band, health_band_label_en, health_band_label_ja
            from marts.account_health_scores
            order by list_position(['red', 'yellow', 'green', 'unknown'], health_band)
            """
        )
        return {
            row["health_band"]: Text(row["health_band_label_en"], row["health_band_label_ja"])
            for row in found
        }

    @cached_property
    def touch_models(self) -> dict[str, Text]:
        """The labels of the touch models."""
        found = self.rows(
            "select distinct touch_model, touch_model_label_en, touch_model_label_ja from marts.account_360 "
            "where touch_model_label_en is not null"
        )
        return {
            row["touch_model"]: Text(row["touch_model_label_en"], row["touch_model_label_ja"])
            for row in found
        }

    @cached_property
    def supplied(self) -> set[str]:
        """The input tables of which there are rows."""
        return {
            row["table_name"]
            for row in self.rows("select table_name from marts.load_report where rows_accepted > 0")
        }

    @cached_property
    def kpis(self) -> dict[str, Row]:
        """The dictionary by its ids."""
        return {row["kpi_id"]: row for row in self.rows("select * from marts.dim_kpis")}

    def member(self, member_id: object) -> str:
        """The name of a member of the staff."""
        return self.members.get(str(member_id), str(member_id)) if member_id else NOTHING


def segment_key(dimension: object, value: object) -> str:
    """How a page names a segment."""
    return ALL if dimension == ALL else f"{dimension}: {value}"


def segment_label(marts: Marts, language: Language, dimension: str, value: str) -> str:
    """How people name the value of a dimension; other values are the company's own words."""
    if value == UNKNOWN.en:
        return language(UNKNOWN)
    if dimension == "csm":
        return marts.member(value)
    return language(marts.touch_models[value]) if value in marts.touch_models else value


def segment_groups(marts: Marts, language: Language) -> list[tuple[str, list[tuple[str, str]]]]:
    """The segments to choose from by dimension: its label, and the key and label of each value."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for dimension, value in marts.segments:
        label = segment_label(marts, language, dimension, value)
        groups.setdefault(dimension, []).append((segment_key(dimension, value), label))
    return [(language(DIMENSIONS[name]), groups[name]) for name in DIMENSIONS if name in groups]


def chart_data(marts: Marts, chart: Chart, language: Language) -> dict[str, Any]:
    """The rows of a chart, each as places in the lists of months, segments and series, and a value."""
    found = chart_rows(marts, chart)
    months = sorted({row["month_start"] for row in found})
    segments = sorted({row["segment"] for row in found})
    labels = _labels(chart, found, language)
    places = {name: number for number, name in enumerate(labels)}
    month_places = {each: number for number, each in enumerate(months)}
    segment_places = {name: number for number, name in enumerate(segments)}
    rows = []
    for row in found:
        at = [month_places[row["month_start"]], segment_places[row["segment"]]]
        for series in chart.series:
            value = row[series.column]
            if value is not None:
                name = _by_label(chart, row, language) if chart.by else language(series.label)
                rows.append([*at, places[name], _short(series.sign * float(value))])
    return {
        "months": [f"{each:%Y-%m}" for each in months],
        "segments": segments,
        "series": labels,
        "rows": rows,
    }


def of_segment(data: dict[str, Any], key: str = ALL) -> dict[str, Any]:
    """The rows of a chart for one segment alone, as if it was the whole."""
    key = key if data["bySegment"] else ALL
    if key not in data["segments"]:
        return {**data, "segments": [], "rows": []}
    chosen = data["segments"].index(key)
    rows = [[month, 0, series, value] for month, segment, series, value in data["rows"] if segment == chosen]
    return {**data, "segments": [ALL], "rows": rows}


def chart_rows(marts: Marts, chart: Chart) -> list[Row]:
    """The mart's rows that a chart shows, with labels in every language."""
    if chart.chart_id not in marts.drawn:
        marts.drawn[chart.chart_id] = _read_rows(marts, chart)
    return marts.drawn[chart.chart_id]


def _read_rows(marts: Marts, chart: Chart) -> list[Row]:
    month = "cohort_month" if chart.kind == "heat" else "month_start"
    columns = [f"{month} as month_start", *(series.column for series in chart.series)]
    if chart.by:
        columns.append(f"{chart.by} as by_value")
    if chart.label:
        columns += [f"{chart.label}_{code} as by_label_{code}" for code in LANGUAGES]
    marts.choose()
    chosen = "inner join chosen using (segment_dimension, segment_value)" if chart.by_segment else ""
    segment = (
        "segment_dimension, segment_value"
        if chart.by_segment
        else "'all' as segment_dimension, 'all' as segment_value"
    )
    most = MOST_COHORTS if chart.kind == "heat" else MOST_MONTHS
    found = marts.rows(
        f"""
        select {", ".join(columns)}, {segment}
        from marts.{chart.mart} {chosen}
        where {month} <= ? and {month} > ? - to_months({most}) and {chart.where}
        order by all
        """,
        [marts.month, marts.month],
    )
    for row in found:
        if chart.by == "health_band":
            label = marts.bands.get(row["by_value"], Text(row["by_value"], row["by_value"]))
            row |= {"by_label_en": label.en, "by_label_ja": label.ja}
        row["segment"] = segment_key(row["segment_dimension"], row["segment_value"])
    return found


def _labels(chart: Chart, found: Sequence[Row], language: Language) -> list[str]:
    if not chart.by:
        return [language(series.label) for series in chart.series]
    if chart.by == "health_band":
        shown = {row["by_value"]: _by_label(chart, row, language) for row in found}
        return [shown[band] for band in ("green", "yellow", "red", "unknown") if band in shown]
    if chart.kind == "heat":
        return [str(since) for since in sorted({row["by_value"] for row in found})]
    return sorted({_by_label(chart, row, language) for row in found})


def _by_label(chart: Chart, row: Row, language: Language) -> str:
    label = str(row.get(f"by_label_{language.code}", row["by_value"]))
    return language(UNKNOWN) if label == UNKNOWN.en else label


def _short(value: float) -> float:
    """Six digits are more than a picture shows."""
    return float(f"{value:.6g}")
