"""The pages of a report, in the order in which people read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from math import isclose
from typing import Any

from orchestration.report.blocks import Block, Column, Node, Page, Table, Tile, Tiles, Tree
from orchestration.report.chart_pages import chart_pages
from orchestration.report.figures import ALL, DIMENSIONS, Marts, Row, segment_key, segment_label
from orchestration.report.language import NOTHING, Language, Text
from orchestration.report.today import today_page

FIRST_PAGE = "index"
TREND_MONTHS = 13
# What a manager can act on; a tile says what moved its KPI in the first two of them.
DRIVER_DIMENSIONS = ("plan", "size_band", "touch_model", "industry", "region")
DRIVERS_SHOWN = 2
_LEVELS = ("kgi", "kfs", "kpi", "sub_kpi")


def builders() -> dict[str, Callable[[Marts, Language], Page]]:
    """What builds each page, the first page first."""
    return {
        FIRST_PAGE: today_page,
        "overview": overview_page,
        **{name: partial(chart_page, name) for name in chart_pages()},
        "data": data_page,
        "definitions": definitions_page,
    }


def pages_of(marts: Marts, language: Language) -> list[Page]:
    """All pages, the first page first."""
    return [build(marts, language) for build in builders().values()]


def mailed_pages(marts: Marts, language: Language) -> list[Page]:
    """The pages of figures, which name no customer."""
    pages = [chart_page(name, marts, language) for name in chart_pages()]
    return [overview_page(marts, language, as_reported=True), *pages]


def chart_page(name: str, marts: Marts, language: Language) -> Page:
    """A page that pages.yml lists, with the table that belongs there."""
    title, charts = chart_pages()[name]
    tables = {"success": campaigns, "health": band_worth}
    return Page(name, title, [*charts, *([tables[name](marts, language)] if name in tables else [])])


def overview_page(marts: Marts, language: Language, *, as_reported: bool = False) -> Page:
    """Focus KPIs with their targets and trends, the bridge of the month, and the tree of KPIs.

    `as_reported` has the tiles show what was first reported of a closed month.
    """
    blocks: list[Block] = [
        Tiles(focus_tiles(marts, language, as_reported=as_reported)),
        *(chart for chart in chart_pages()["revenue"][1] if chart.chart_id in ("mrr_bridge", "nrr")),
        kpi_tree(marts, language),
    ]
    return Page("overview", Text("Overview", "全体像"), blocks)


def focus_tiles(marts: Marts, language: Language, *, as_reported: bool = False) -> list[Tile]:
    """A tile per focus KPI, with the figures of every segment to choose from."""
    focus = sorted(
        (kpi for kpi in marts.kpis.values() if kpi["is_focus"]),
        key=lambda kpi: (_LEVELS.index(kpi["level"]), list(marts.kpis).index(kpi["kpi_id"])),
    )
    marts.choose()
    found = marts.rows(
        f"""
        select
            kpi_id, month_start, segment_dimension, segment_value,
            value, previous_value, first_reported_value, target_value, status
        from marts.kpi_scorecard_months
        inner join chosen using (segment_dimension, segment_value)
        inner join marts.dim_kpis using (kpi_id)
        where is_focus and month_start <= ? and month_start > ? - to_months({TREND_MONTHS})
        order by month_start
        """,
        [marts.month, marts.month],
    )
    drivers = _drivers(marts)
    by_kpi: dict[str, dict[str, list[Row]]] = {}
    for row in found:
        key = segment_key(row["segment_dimension"], row["segment_value"])
        by_kpi.setdefault(row["kpi_id"], {}).setdefault(key, []).append(row)
    shown = {
        kpi["kpi_id"]: {
            key: month_figures(kpi, rows, marts.month, language, as_reported=as_reported)
            for key, rows in by_kpi.get(kpi["kpi_id"], {}).items()
        }
        for kpi in focus
    }
    for kpi_id, found_drivers in drivers.items():
        if ALL in shown.get(kpi_id, {}):
            shown[kpi_id][ALL]["lines"] += _moved(marts, found_drivers, language)
    nothing: dict[str, Any] = {"value": NOTHING, "lines": [], "status": "no_data", "trend": []}
    tiles = []
    for kpi in focus:
        segments = shown[kpi["kpi_id"]]
        whole = segments.get(marts.segment, nothing)
        tiles.append(
            Tile(
                language.of(kpi, "name"),
                whole["value"],
                whole["lines"],
                whole["status"],
                kpi["kpi_id"],
                whole["trend"],
                {**segments, "": nothing},
            )
        )
    return tiles


def month_figures(
    kpi: Row, rows: list[Row], month: dt.date, language: Language, *, as_reported: bool
) -> dict[str, Any]:
    """What a tile shows of one segment."""
    last = rows[-1] if rows[-1]["month_start"] == month else {}
    now, first = last.get("value"), last.get("first_reported_value")
    is_other = first is not None and now is not None and not isclose(first, now, rel_tol=1e-9)
    value = first if as_reported and is_other else now
    lines = [f"{language(_AGAINST_MONTH)} {language.change(value, last.get('previous_value'), kpi['unit'])}"]
    if last.get("target_value") is not None:
        lines.append(f"{language(_TARGET)} {language.value(last['target_value'], kpi['unit'])}")
    if is_other:
        said, other = (_NOW, now) if as_reported else (_FIRST, first)
        lines.append(f"{language(said)} {language.value(other, kpi['unit'])}")
    return {
        "value": language.value(value, kpi["unit"]),
        "lines": lines,
        "status": last.get("status", "no_data"),
        "trend": [None if row["value"] is None else float(row["value"]) for row in rows],
    }


def _drivers(marts: Marts) -> dict[str, list[Row]]:
    """The segments that moved a focus KPI most against the month before, of each dimension the first.

    Only segments that moved it the way it went, and dimensions with more than one segment.
    """
    names = ", ".join(f"'{name}'" for name in DRIVER_DIMENSIONS)
    found = marts.rows(
        f"""
        select kpi_id, segment_dimension, segment_value, contribution
        from marts.kpi_change_drivers
        inner join marts.dim_kpis using (kpi_id)
        where is_focus and month_start = ? and comparison = 'month' and segment_dimension in ({names})
        qualify count(*) over (partition by kpi_id, segment_dimension) > 1
            and contribution * (value - compared_value) > 0
            and row_number() over (
                partition by kpi_id, segment_dimension
                order by contribution * sign(value - compared_value) desc, segment_value
            ) = 1
        order by kpi_id, abs(contribution) desc, segment_dimension
        """,
        [marts.month],
    )
    drivers: dict[str, list[Row]] = {}
    for row in found:
        drivers.setdefault(row["kpi_id"], []).append(row)
    return {kpi_id: rows[:DRIVERS_SHOWN] for kpi_id, rows in drivers.items()}


def _moved(marts: Marts, drivers: list[Row], language: Language) -> list[str]:
    said = []
    for row in drivers:
        dimension, value = row["segment_dimension"], row["segment_value"]
        change = language.change(row["contribution"], 0, marts.kpis[row["kpi_id"]]["unit"])
        label = segment_label(marts, language, dimension, value)
        said.append(
            language(Text("{}: {} {}", "{}:{} {}")).format(language(DIMENSIONS[dimension]), label, change)
        )
    return [language(_MOVED), *said]


_AGAINST_MONTH = Text("Month before:", "前月比")
_TARGET = Text("Target:", "目標")
_FIRST = Text("First reported:", "初回報告")
_NOW = Text("Now:", "現在")
_MOVED = Text("Moved most by", "主な要因")


def kpi_tree(marts: Marts, language: Language) -> Tree:
    """The tree from KGI to sub-KPI, with the month's value and status of each."""
    found = {
        row["kpi_id"]: row
        for row in marts.rows(
            "select kpi_id, value, status from marts.kpi_scorecard_months "
            "where month_start = ? and segment_dimension = 'all'",
            [marts.month],
        )
    }
    children: dict[str | None, list[Row]] = {}
    for kpi in marts.kpis.values():
        children.setdefault(kpi["parent_kpi_id"], []).append(kpi)

    def node(kpi: Row) -> Node:
        figure = found.get(kpi["kpi_id"], {})
        return Node(
            kpi["kpi_id"],
            language.of(kpi, "name"),
            kpi["level"],
            "" if kpi["level"] == "kfs" else language.value(figure.get("value"), kpi["unit"] or "number"),
            figure.get("status", "no_target"),
            [node(child) for child in children.get(kpi["kpi_id"], [])],
        )

    return Tree(
        Text("KGI → KFS → KPI → sub-KPI", "KGI・KFS・KPI・サブKPI"),
        [node(kpi) for kpi in children.get(None, [])],
    )


def campaigns(marts: Marts, language: Language) -> Table:
    """What each campaign was to change, what it changed with the interval of the effect, and what follows."""
    rows = marts.rows("from marts.campaign_reviews order by quarter_start desc, campaign_id")
    for row in rows:
        for name in ("outcome_label", "verdict_label", "next_step"):
            row[name] = language.of(row, name)
        row["ci"] = (
            f"{language.change(row['ci_low'], 0, 'rate')} – {language.change(row['ci_high'], 0, 'rate')}"
            if row["ci_low"] is not None
            else language.value(None, "rate")
        )
        for name in ("expected_difference", "difference"):
            row[name] = language.change(row[name], 0, "rate")
    return Table(
        Text("What campaigns changed", "施策の効果"),
        [
            Column(Text("Campaign", "施策"), "campaign_name"),
            Column(Text("Outcome", "成果指標"), "outcome_label"),
            Column(Text("Treated", "対象"), "treated_accounts", "count"),
            Column(Text("Control", "比較対象"), "control_accounts", "count"),
            Column(Text("Expected", "期待した差"), "expected_difference", "rate"),
            Column(Text("Difference", "差"), "difference", "rate"),
            Column(Text("95% interval", "95%信頼区間"), "ci", "rate"),
            Column(Text("Verdict", "判定"), "verdict_label"),
            Column(Text("Next step", "次のステップ"), "next_step"),
        ],
        rows,
        Text("No campaigns were supplied.", "施策のデータがありません。"),
    )


def band_worth(marts: Marts, language: Language) -> Table:
    """Of each band, how many left, and how much of what was lost it held."""
    rows = marts.rows(
        """
        from marts.health_band_worth
        where horizon_days = 90
        qualify row_number() over (partition by health_band order by as_of_from, as_of_to desc) = 1
        order by list_position(['red', 'yellow', 'green', 'unknown'], health_band)
        """
    )
    for row in rows:
        row["band"] = language.of(row, "health_band_label")
    return Table(
        Text("What a band is worth, over 90 days", "ヘルスバンドの実績(90日)"),
        [
            Column(Text("Band", "バンド"), "band"),
            Column(Text("Scores", "スコア数"), "account_dates", "count"),
            Column(Text("Left", "解約"), "churned", "count"),
            Column(Text("Share that left", "解約率"), "churn_rate", "rate"),
            Column(Text("Of all who left", "解約全体に占める割合"), "share_of_churned", "rate"),
            Column(Text("Of lost MRR", "解約MRRに占める割合"), "share_of_lost_mrr", "rate"),
        ],
        rows,
        Text("Too little history yet.", "履歴がまだ足りません。"),
    )


def data_page(marts: Marts, language: Language) -> Page:
    """How fresh the inputs are, what was rejected, what was restated, and what is missing."""
    freshness = marts.rows(
        "from marts.input_freshness "
        "order by list_position(['silent', 'late', 'low_volume', 'fresh'], status) nulls last, table_name"
    )
    for row in freshness:
        row["affects"] = language.of(row, "affects")
        row["status_text"] = language(_FRESHNESS.get(row["status"], Text(row["status"], row["status"])))
    loaded = marts.rows(
        "select * from marts.load_report order by quarantined_rate desc nulls last, table_name"
    )
    rejected = marts.rows(
        """
        select table_name, reason, count(*) as rows,
            min(file_name) as file_name, min(row_number) as row_number
        from marts.quarantined_rows
        group by table_name, reason
        order by rows desc, table_name, reason
        limit 30
        """
    )
    warnings = marts.rows(
        """
        select table_name, kind, column_name, count(*) as rows,
            min(detail_en) as detail_en, min(detail_ja) as detail_ja
        from marts.input_warnings
        group by all
        order by rows desc, table_name, kind, column_name
        limit 30
        """
    )
    for row in warnings:
        row["detail"] = language.of(row, "detail")
    restated = marts.rows(
        "select kpi_id, month_start, first_reported_value, latest_value from marts.kpi_restatements "
        "where segment_dimension = 'all' order by month_start desc, kpi_id limit 50"
    )
    for row in restated:
        kpi = marts.kpis.get(
            row["kpi_id"], {"unit": "number", "name_en": row["kpi_id"], "name_ja": row["kpi_id"]}
        )
        row["name"] = language.of(kpi, "name")
        for column in ("first_reported_value", "latest_value"):
            row[column] = language.value(row[column], kpi["unit"] or "number")
    absent = _absent(marts, language)
    table, rows, reason = Text("Input table", "入力"), Text("Rows", "行数"), Text("Reason", "理由")
    blocks = [
        Table(
            Text("How fresh the inputs are", "入力の鮮度"),
            [
                Column(table, "table_name"),
                Column(Text("Newest record", "最新の記録"), "newest_on", "date"),
                Column(Text("Days late", "遅れ(日)"), "days_late", "count"),
                Column(Text("Status", "状態"), "status_text"),
                Column(Text("What it concerns", "影響"), "affects"),
            ],
            freshness,
        ),
        Table(
            Text("Rows read, accepted and rejected", "読み込み・採用・却下の行数"),
            [
                Column(table, "table_name"),
                Column(Text("Read", "読込"), "rows_read", "count"),
                Column(Text("Accepted", "採用"), "rows_accepted", "count"),
                Column(Text("Repeated", "重複"), "rows_repeated", "count"),
                Column(Text("Superseded", "旧版"), "rows_superseded", "count"),
                Column(Text("Rejected", "却下"), "rows_quarantined", "count"),
                Column(Text("Share of rows", "行の割合"), "quarantined_rate", "rate"),
                Column(Text("Share of MRR", "MRRの割合"), "mrr_quarantined_rate", "rate"),
            ],
            loaded,
        ),
        Table(
            Text("Why rows were rejected", "却下の理由"),
            [
                Column(table, "table_name"),
                Column(reason, "reason"),
                Column(rows, "rows", "count"),
                Column(Text("For example, file", "例:ファイル"), "file_name"),
                Column(Text("row", "行"), "row_number", "count"),
            ],
            rejected,
            Text("No row was rejected.", "却下された行はありません。"),
        ),
        Table(
            Text("What contradicts itself", "入力の矛盾"),
            [
                Column(table, "table_name"),
                Column(rows, "rows", "count"),
                Column(Text("What", "内容"), "detail"),
            ],
            warnings,
            Text("Nothing contradicts itself.", "矛盾はありません。"),
        ),
        Table(
            Text("Figures of closed months that changed", "確定後に変わった数値"),
            [
                Column(Text("Month", "月"), "month_start", "month"),
                Column(Text("KPI", "KPI"), "name"),
                Column(Text("First reported", "初回報告"), "first_reported_value"),
                Column(Text("Now", "現在"), "latest_value"),
            ],
            restated,
            Text("No figure of a closed month changed.", "確定した月の数値に変更はありません。"),
        ),
        Table(
            Text("KPIs without a figure this month", "当月の値がないKPI"),
            [Column(Text("KPI", "KPI"), "name"), Column(Text("Why", "理由"), "why")],
            absent,
            Text("Every KPI has a figure.", "すべてのKPIに値があります。"),
        ),
    ]
    return Page("data", Text("Data", "データ"), blocks)


_FRESHNESS = {
    "fresh": Text("fresh", "最新"),
    "late": Text("late", "遅れ"),
    "silent": Text("silent", "途絶"),
    "low_volume": Text("fewer rows than usual", "通常より少ない"),
    "not_judged": Text("not judged", "判定なし"),
}


def _absent(marts: Marts, language: Language) -> list[Row]:
    found = marts.rows(
        "select kpi_id, status from marts.kpi_scorecard_months "
        "where month_start = ? and segment_dimension = 'all' and value is not null",
        [marts.month],
    )
    known = {row["kpi_id"] for row in found}
    rows = []
    for kpi in marts.kpis.values():
        if kpi["level"] == "kfs" or not kpi["mart"] or kpi["kpi_id"] in known:
            continue
        why = Text("no denominator, or not enough history", "分母がない、または履歴が足りない")
        rows.append({"name": language.of(kpi, "name"), "why": language(why)})
    return rows


def definitions_page(marts: Marts, language: Language) -> Page:
    """The dictionary in both languages."""
    rows = [
        {
            **kpi,
            "id": f"kpi-{kpi['kpi_id']}",
            "aliases": (kpi["aliases_ja"] or "").replace(" | ", "、"),
            "where": f"{kpi['mart']}.{kpi['value_column']}" if kpi["mart"] else "",
        }
        for kpi in marts.kpis.values()
    ]
    return Page(
        "definitions",
        Text("Definitions", "用語"),
        [
            Table(
                Text("What each KPI means", "KPIの定義"),
                [
                    Column(Text("English", "英語"), "name_en"),
                    Column(Text("Japanese", "日本語"), "name_ja"),
                    Column(Text("Formula", "計算式(英語)"), "formula_en"),
                    Column(Text("Formula in Japanese", "計算式"), "formula_ja"),
                    Column(Text("Also called", "別名"), "aliases"),
                    Column(Text("Where", "マート"), "where"),
                ],
                rows,
            )
        ],
    )
