"""Writes the report of a release: HTML pages in two languages, and a file of work per CSM."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from orchestration.release.releases import Release
from orchestration.report.blocks import STATUSES, Page, Table, Tiles
from orchestration.report.charts import Chart, specification
from orchestration.report.customers import all_csms, customers_of, file_name, write_work_list
from orchestration.report.figures import ALL, Marts, chart_data, of_segment, segment_groups
from orchestration.report.language import LANGUAGES, Language, Text
from orchestration.report.pages import mailed_pages, pages_of
from orchestration.report.today import WORK_COLUMNS, csm_name, work_rows

ASSETS = "assets"
WORK = "work"
CUSTOMERS = "customers"
MAILED = "monthly"
# Named by its version, so that a later report can take it over.
VEGA = f"vega-{version('vl-convert-python')}.js"


@dataclass(frozen=True)
class Origin:
    """What a report is made from: the release's as-of date and its currency."""

    as_of: dt.date
    currency: str

    @classmethod
    def of(cls, release: Release) -> Origin:
        """What a release says of itself."""
        return cls(release.as_of_date, release.origin.reporting_currency)


def write_report(
    connection: duckdb.DuckDBPyConnection, origin: Origin, folder: Path, before: Path | None = None
) -> list[Path]:
    """Write the pages of the marts that `connection` shows as schema `marts` into a folder.

    `before` is the folder of an earlier report, whose copy of Vega is taken where it is of the same version.

    Returns:
        The files, the first page first.
    """
    marts = Marts(connection, origin.as_of, origin.as_of.replace(day=1))
    for name in (ASSETS, WORK, CUSTOMERS):
        (folder / name).mkdir(parents=True, exist_ok=True)
    copied = before / ASSETS / VEGA if before else None
    script = copied.read_text(encoding="utf-8") if copied and copied.exists() else vega()
    assets = [_write(folder / ASSETS / VEGA, script)]
    assets += [_write(folder / ASSETS / name, _asset(name)) for name in ("report.css", "report.js")]
    pages = [Site(marts, Language(code, origin.currency), folder, script).write() for code in LANGUAGES]
    return [*pages[0], *pages[1], *assets]


@dataclass(frozen=True)
class Site:
    """The pages of one language."""

    marts: Marts
    language: Language
    folder: Path
    vega: str
    drawn: dict[str, dict[str, Any]] = field(default_factory=dict)

    def write(self) -> list[Path]:
        """Write every page; the paths, the first page first."""
        pages = pages_of(self.marts, self.language)
        written = [self._write_page(page, pages) for page in pages]
        for csm_id in all_csms(self.marts):
            written += self._write_csm(csm_id)
        return [*written, self._of_last_month().write_mailed(MAILED)]

    def _of_last_month(self) -> Site:
        """The same of the last month that is over, where there are figures of it."""
        day_after = self.marts.as_of + dt.timedelta(days=1)
        month = (day_after.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
        known = self.marts.row("select min(month_start) as first from marts.kpi_mrr_months")["first"]
        if month == self.marts.month or known is None or month < known:
            return self
        marts = Marts(self.marts.connection, self.marts.as_of, month)
        return Site(marts, self.language, self.folder, self.vega)

    def write_mailed(self, page_id: str) -> Path:
        """Write the page that can be mailed alone, of the month and the segment of the marts."""
        return self._write_mailed(mailed_pages(self.marts, self.language), page_id)

    def name(self, page_id: str) -> str:
        """The file name of a page in this language."""
        return page_name(page_id, self.language.code)

    def other_name(self, page_id: str) -> str:
        """The same page in the other language."""
        return page_name(page_id, "ja" if self.language.code == "en" else "en")

    def _write_page(self, page: Page, pages: Sequence[Page]) -> Path:
        text = self._render(page.title, page.page_id, [page], pages, "", is_one_file=False)
        return _write(self.folder / self.name(page.page_id), text)

    def _write_mailed(self, pages: Sequence[Page], page_id: str) -> Path:
        """Pages without names of customers as one file that loads nothing."""
        month, segment = f"{self.marts.month:%Y-%m}", self.marts.segment
        of = Text("", "") if segment == ALL else Text(f", {segment}", f"({segment})")
        title = Text(f"Report of {month}{of.en}", f"{month}月次レポート{of.ja}")
        text = self._render(title, page_id, pages, [], "", is_one_file=True)
        return _write(self.folder / self.name(page_id), text)

    def _render(
        self,
        title: Text,
        page_id: str,
        shown: Sequence[Page],
        pages: Sequence[Page],
        root: str,
        *,
        is_one_file: bool,
    ) -> str:
        charts = [block for page in shown for block in page.blocks if isinstance(block, Chart)]
        data = {chart.chart_id: self._chart(chart, with_segments=not is_one_file) for chart in charts}
        blocks = [block for page in shown for block in page.blocks]
        tiles = [tile for block in blocks if isinstance(block, Tiles) for tile in block.tiles]
        figures = {} if is_one_file else {tile.kpi_id: tile.segments for tile in tiles if tile.segments}
        return _template("page.html").render(
            language=self.language,
            text=Text,
            title=title,
            page_id=page_id,
            shown=shown,
            pages=pages,
            root=root,
            marts=self.marts,
            name=self.name,
            other=self.other_name(page_id),
            charts=data,
            notices=self._notices(),
            segments=segment_groups(self.marts, self.language) if charts and not is_one_file else [],
            has_charts=bool(charts),
            is_one_file=is_one_file,
            vega_file=VEGA,
            vega=Markup(self.vega) if is_one_file else "",
            css=Markup(_asset("report.css")),
            script=Markup(_asset("report.js")),
            data=_json({"charts": data, "tiles": figures, "words": self._words()}),
            kind=_kind,
            statuses=STATUSES,
            spark=spark,
        )

    def _chart(self, chart: Chart, *, with_segments: bool) -> dict[str, Any]:
        if chart.chart_id not in self.drawn:
            self.drawn[chart.chart_id] = self._drawn(chart)
        drawn = self.drawn[chart.chart_id]
        return drawn if with_segments else of_segment(drawn, self.marts.segment)

    def _drawn(self, chart: Chart) -> dict[str, Any]:
        data = chart_data(self.marts, chart, self.language)
        missing = [table for table in chart.needs if table not in self.marts.supplied]
        why = Text("No data in these months.", "この期間のデータがありません。")
        if missing:
            tables = ", ".join(missing)
            why = Text(f"No data: {tables} was not supplied.", f"データなし:入力{tables}がありません。")
        return {
            **data,
            "spec": specification(chart, data["series"], self.language),
            "why": self.language(why),
            "title": self.language(chart.title),
            "bySegment": chart.by_segment,
        }

    def _notices(self) -> list[str]:
        """What a reader must know of the inputs before the figures."""
        late = self.marts.rows(
            "select table_name, days_late from marts.input_freshness "
            "where status in ('late', 'silent') order by table_name"
        )
        left_out = self.marts.row(
            "select mrr_quarantined_rate from marts.load_report where table_name = 'subscription_items'"
        )
        said = [
            self.language(
                Text(
                    f"{row['table_name']} is {row['days_late']} days late.",
                    f"{row['table_name']}が{row['days_late']}日遅れています。",
                )
            )
            for row in late
        ]
        rate = left_out.get("mrr_quarantined_rate")
        if rate and rate >= 0.0005:
            share = self.language.value(rate, "rate")
            said.append(
                self.language(
                    Text(
                        f"{share} of MRR is left out: its rows were rejected.",
                        f"MRRの{share}は、行が却下されたため含まれていません。",
                    )
                )
            )
        return said

    def _write_csm(self, csm_id: str | None) -> list[Path]:
        """The work list of a CSM as CSV and HTML, and the page of the CSM's customers."""
        marts, language, name = self.marts, self.language, file_name(csm_id)
        suffix = "" if language.code == "en" else f".{language.code}"
        csv_path = self.folder / WORK / f"{name}{suffix}.csv"
        write_work_list(marts, language, csm_id, csv_path)
        person = csm_name(marts, csm_id, language)
        work = Table(
            Text("Work of the day", "今日の対応"),
            WORK_COLUMNS,
            work_rows(marts, language, csm_id),
            Text("No work today.", "今日の対応はありません。"),
        )
        page = Page(name, Text(f"Work of the day: {person}", f"今日の対応:{person}"), [work])
        shown = _template("work.html").render(
            language=language, text=Text, page=page, marts=marts, root="../", name=self.name,
            other=self.other_name(name), csv=csv_path.name, kind=_kind,
            customers=f"../{CUSTOMERS}/{self.name(name)}",
        )  # fmt: skip
        title = Text(f"Customers: {person}", f"担当顧客:{person}")
        customers = _template("customers.html").render(
            language=language, text=Text, title=title, marts=marts, root="../", name=self.name,
            other=self.other_name(name), work=f"../{WORK}/{self.name(name)}",
            data=_json({**customers_of(marts, language, csm_id), "words": self._words()}),
        )  # fmt: skip
        return [
            csv_path,
            _write(self.folder / WORK / self.name(name), shown),
            _write(self.folder / CUSTOMERS / self.name(name), customers),
        ]

    def _words(self) -> dict[str, str]:
        words = {
            "numbers": Text("Numbers", "数値"),
            "month": Text("Month", "月"),
            "csv": Text("Download as CSV", "CSVをダウンロード"),
            "whole": Text("of the company as a whole", "全社"),
            "trend": Text("Score by month", "スコアの推移"),
            "causes": Text("What costs points", "減点の要因"),
            "axes": Text("Score by side of health", "側面別スコア"),
            "timeline": Text("What happened last", "最近の出来事"),
            "none": Text("Nothing recorded.", "記録なし。"),
            "points": Text("points", "点"),
            "found": Text("customers", "社"),
            **{f"status_{status}": word for status, (_, word) in STATUSES.items()},
        }
        signs = {f"sign_{status}": sign for status, (sign, _) in STATUSES.items()}
        return {**{name: self.language(text) for name, text in words.items()}, **signs}


def page_name(page_id: str, language: str) -> str:
    """The file name of a page in a language."""
    return f"{page_id}.html" if language == "en" else f"{page_id}.{language}.html"


def vega() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script that loads nothing."""
    # Without a snippet the bundle sets vegaEmbed for the page.
    bundle: str = vl_convert.javascript_bundle()  # ty: ignore[missing-argument]
    return bundle.replace("</script", "<\\/script")


def spark(values: Sequence[float | None]) -> Markup:
    """A small line of the values, whose last point is marked; nothing where fewer than two are known."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Markup("")
    low, high = min(known), max(known)
    width, height, space = 120, 28, 3
    points = [
        (
            space + number * (width - 2 * space) / (len(values) - 1),
            height - space - (value - low) / ((high - low) or 1) * (height - 2 * space),
        )
        for number, value in enumerate(values)
        if value is not None
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return Markup(
        f'<svg class="spark" viewBox="0 0 {width} {height}" aria-hidden="true"><polyline points="{line}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/></svg>'
    )


def _kind(block: object) -> str:
    """Which part of the template draws a block."""
    return type(block).__name__.lower()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("orchestration.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["whole_days"] = whole_days
    return environment


def whole_days(text: str) -> Markup:
    """The text with days such as 2025-12-31 kept on one line."""
    return Markup(re.sub(r"\d{4}-\d\d-\d\d", r'<span class="day">\g<0></span>', str(escape(text))))


def _template(name: str) -> Any:
    return _environment().get_template(f"{name}.j2")


def _asset(name: str) -> str:
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


def _json(value: object) -> Markup:
    """JSON that a script element can hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return Markup(text.replace("<", "\\u003c"))


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
