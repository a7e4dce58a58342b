"""Charts as Vega-Lite: what they show, and how the segment and the months of a page are bound to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from orchestration.report.language import Language, Text

Kind = Literal["lines", "stacks", "bridge", "ranks", "heat"]

# Told apart by people with any colour vision; every chart also differs by dash, order or label.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#8c564b")
BAND_COLOURS = {"green": "#009e73", "yellow": "#e69f00", "red": "#d55e00", "unknown": "#8a8f98"}
HEIGHT = 240
# A chart of Altair: its methods are made while it runs, so that no type says them.
Drawing = Any
ROWS = "rows"
MONTHS_SHOWN = 13


@dataclass(frozen=True)
class Series:
    """A column of a mart that a chart draws; `sign` is -1 for what is lost."""

    column: str
    label: Text
    sign: int = 1


@dataclass(frozen=True)
class Chart:
    """A chart of one mart.

    Its values are the `series` columns, or with `by` the one column of `series` for each value of `by`.
    `label` is the column with the label of `by`, without its language. `kpis` are defined in the dictionary.
    `needs` are input tables without which there is nothing to show. `by_segment` is false for marts that hold
    the company as a whole alone.
    """

    chart_id: str
    title: Text
    kind: Kind
    unit: str
    mart: str
    series: tuple[Series, ...]
    by: str = ""
    label: str = ""
    where: str = "true"
    kpis: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    by_segment: bool = True
    note: Text | None = None


def specification(chart: Chart, labels: Sequence[str], language: Language) -> dict[str, Any]:
    """The chart as Vega-Lite without its rows.

    The page inserts the rows (month, age in months, segment, series, value) as the data set `rows`, and sets
    the parameters `segment` and `months`.
    """
    base = (
        alt.Chart(alt.NamedData(name=ROWS))
        .properties(width="container", height=HEIGHT, description=language(chart.title))
        .add_params(alt.param(name="segment", value="all"), alt.param(name="months", value=MONTHS_SHOWN))
        .transform_filter("datum.segment === segment && datum.age < months")
    )
    drawn = _DRAWINGS[chart.kind](base, chart, labels, language)
    return drawn.configure(
        background="transparent", autosize=_FIT, font=_FONT, view=alt.ViewConfig(stroke=None)
    ).to_dict(validate=False)


# As in report.css: what is measured in another font is cut.
_FONT = (
    'system-ui, -apple-system, "Segoe UI", "Hiragino Sans", "Yu Gothic UI", '
    '"Noto Sans JP", "Noto Sans CJK JP", sans-serif'
)
_FIT = alt.AutoSizeParams(type="fit-x", contains="padding")


def axis_text(unit: str, language: Language, value: str = "datum.value") -> str:
    """A Vega expression that writes a value as `Language.value` does, shorter."""
    if unit == "rate":
        return f"format({value}, '.1~%')"
    if unit != "currency":
        return f"format({value}, ',.4~r')"
    sign, size = f"({value} < 0 ? '−' : '') + '{language.symbol}'", f"abs({value})"
    if language.code == "ja":
        return (
            f"{value} === 0 ? '0' : {sign} + ({size} >= 1e8 ? format({size} / 1e8, ',.3~r') + '億'"
            f" : {size} >= 1e4 ? format({size} / 1e4, ',.3~r') + '万' : format({size}, ',.0f'))"
        )
    return f"{value} === 0 ? '0' : {sign} + replace(replace(format({size}, '.3~s'), 'G', 'B'), 'k', 'K')"


def _months(language: Language) -> alt.X:
    return alt.X(
        "month:O",
        title=None,
        axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8, labelPadding=10, ticks=False),
    )


def _values(chart: Chart, language: Language, **options: Any) -> alt.Y:
    axis = alt.Axis(labelExpr=axis_text(chart.unit, language), tickCount=5, domain=False, ticks=False)
    return alt.Y("value:Q", title=None, axis=axis, **options)


def _colours(chart: Chart, labels: Sequence[str]) -> alt.Color:
    colours = [PALETTE[number % len(PALETTE)] for number in range(len(labels))]
    if chart.by == "health_band":
        colours = [BAND_COLOURS[band] for band in ("green", "yellow", "red", "unknown")][: len(labels)]
    return alt.Color("series:N", scale=alt.Scale(domain=list(labels), range=colours), legend=_legend(labels))


def _legend(labels: Sequence[str]) -> alt.Legend | None:
    if len(labels) < 2:
        return None
    # Two long labels beside each other are wider than a phone.
    columns = 1 if any(len(label) > 18 for label in labels) else 2
    return alt.Legend(orient="bottom", title=None, columns=columns, labelLimit=260)


def _tooltip(chart: Chart, language: Language, *names: str) -> tuple[str, list[Any]]:
    """An expression for the column `text`, and what is shown beside the pointer."""
    shown = [alt.Tooltip(f"{name}:N", title=language(_NAMES[name])) for name in names]
    title = alt.Tooltip("text:N", title=language(_NAMES["value"]))
    return axis_text(chart.unit, language, "datum.value"), [*shown, title]


_NAMES = {
    "month": Text("Month", "月"),
    "series": Text("Series", "系列"),
    "value": Text("Value", "値"),
    "cohort": Text("Cohort", "コホート"),
    "since": Text("Months since", "経過月数"),
}


def _lines(base: Drawing, chart: Chart, labels: Sequence[str], language: Language) -> Drawing:
    text, tooltip = _tooltip(chart, language, "month", "series")
    # One legend tells colour and dash; a single line needs neither.
    dash = (
        {
            "strokeDash": alt.StrokeDash(
                "series:N", scale=alt.Scale(domain=list(labels)), legend=_legend(labels)
            )
        }
        if len(labels) > 1
        else {}
    )
    return (
        base.transform_calculate(text=text)
        .mark_line(point=alt.OverlayMarkDef(size=28), strokeWidth=2.2)
        .encode(
            x=_months(language),
            y=_values(chart, language, scale=alt.Scale(zero=chart.unit != "rate")),
            color=_colours(chart, labels),
            tooltip=tooltip,
            **dash,
        )
    )


def _stacks(base: Drawing, chart: Chart, labels: Sequence[str], language: Language) -> Drawing:
    text, tooltip = _tooltip(chart, language, "month", "series")
    return (
        base.transform_calculate(text=text)
        .mark_bar()
        .encode(
            x=_months(language),
            y=_values(chart, language, stack="zero"),
            color=_colours(chart, labels),
            order=alt.Order("place:Q"),
            tooltip=tooltip,
        )
    )


def _bridge(base: Drawing, chart: Chart, labels: Sequence[str], language: Language) -> Drawing:
    """From opening to closing: each bar begins where the one before ended.

    The axis does not begin at 0, or movements could not be seen; so the two levels are lines, not bars.
    """
    last = len(labels) - 1
    is_level = f"datum.place === 0 || datum.place === {last}"
    steps = (
        base.transform_filter("datum.age === 0")
        .transform_window(total="sum(value)", sort=[alt.SortField("place")], frame=[None, 0])
        .transform_calculate(
            high=f"datum.place === {last} ? datum.value : datum.total",
            low=f"{is_level} ? datum.high : datum.total - datum.value",
            text=axis_text(chart.unit, language),
            kind="datum.value < 0 ? 'less' : 'more'",
            right="max(datum.low, datum.high)",
        )
    )
    y = alt.Y(
        "series:N",
        title=None,
        scale=alt.Scale(domain=list(labels)),
        axis=alt.Axis(labelLimit=120, ticks=False, domain=False),
    )
    axis = alt.Axis(
        labelExpr=axis_text(chart.unit, language),
        labelOverlap="greedy",
        labelSeparation=8,
        tickCount=4,
        domain=False,
        ticks=False,
    )
    # The figure stands right of its bar, where there must be room for it.
    scale = alt.Scale(zero=False, nice=False, padding=6, range=[0, {"expr": "width - 56"}])
    x = alt.X("low:Q", title=None, axis=axis, scale=scale)
    kinds = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=["more", "less"], range=[PALETTE[2], PALETTE[1]])
    )
    bars = steps.transform_filter(f"!({is_level})").mark_bar().encode(x=x, y=y, x2="high:Q", color=kinds)
    levels = steps.transform_filter(is_level).mark_tick(thickness=4, bandSize=22, color=PALETTE[0])
    texts = steps.mark_text(align="left", dx=6, fontSize=11)
    return alt.layer(
        bars,
        levels.encode(x=alt.X("high:Q", scale=scale), y=y),
        texts.encode(x=alt.X("right:Q", scale=scale), y=y, text="text:N"),
    )


def _ranks(base: Drawing, chart: Chart, labels: Sequence[str], language: Language) -> Drawing:
    """The sum over the chosen months, largest first."""
    sums = (
        base.transform_aggregate(value="sum(value)", groupby=["series"])
        .transform_filter("datum.value > 0")
        .transform_calculate(text=axis_text(chart.unit, language))
    )
    y = alt.Y("series:N", sort="-x", title=None, axis=alt.Axis(labelLimit=130, domain=False, ticks=False))
    x = alt.X("value:Q", title=None, axis=None, scale=alt.Scale(range=[0, {"expr": "width - 56"}]))
    bars = sums.mark_bar(color=PALETTE[0]).encode(x=x, y=y)
    return alt.layer(bars, sums.mark_text(align="left", dx=4).encode(x=x, y=y, text="text:N"))


def _heat(base: Drawing, chart: Chart, labels: Sequence[str], language: Language) -> Drawing:
    """Cohorts by rows, the months since by columns. Every cohort is shown, whatever the months chosen."""
    _, tooltip = _tooltip(chart, language, "cohort", "since")
    since = alt.X(
        "since:O",
        title=language(_NAMES["since"]),
        sort=list(labels),
        axis=alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False),
    )
    shade = alt.Color(
        "value:Q",
        title=None,
        scale=alt.Scale(scheme="blues"),
        legend=alt.Legend(orient="bottom", format=".0%", gradientLength=160),
    )
    return (
        base.transform_calculate(
            cohort="datum.month", since="datum.series", text="format(datum.value, '.0%')"
        )
        .mark_rect()
        .encode(
            x=since, y=alt.Y("cohort:O", title=None, axis=alt.Axis(ticks=False)), color=shade, tooltip=tooltip
        )
        .properties(height=alt.Step(15))
    )


_DRAWINGS: dict[str, Any] = {
    "lines": _lines,
    "stacks": _stacks,
    "bridge": _bridge,
    "ranks": _ranks,
    "heat": _heat,
}
