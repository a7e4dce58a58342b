"""The report as people see it, in Chromium: `make test-pages`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from orchestration.report import browser, page_name
from orchestration.report.chart_pages import chart_pages
from orchestration.report.charts import MONTHS_SHOWN, Chart
from orchestration.report.customers import file_name
from orchestration.report.figures import Marts
from orchestration.report.language import LANGUAGES, Language
from orchestration.report.pages import builders
from orchestration.settings import PROJECT_DIR

from ..support.browsers import Browser, opened_browser

pytestmark = pytest.mark.pages

WIDTHS = (390, 768, 1280)
LAYOUT = (Path(__file__).parents[1] / "support" / "page_checks.js").read_text(encoding="utf-8")
AXE = PROJECT_DIR / "tests" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {chart.chart_id: name for name, (_, charts) in chart_pages().items() for chart in charts}
CHARTS = {chart.chart_id: chart for _, charts in chart_pages().values() for chart in charts}
# Of different pages, units and kinds, and with figures in the worked example.
TEN_CHARTS = (
    "mrr", "mrr_movements", "nrr", "revenue_churn", "expansion", "arpa", "customers", "customer_movements",
    "customer_churn", "nps_answers",
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Generator[Browser]:
    program = browser()
    assert program, "Chromium is not installed: make test-pages needs it."
    with opened_browser(program) as opened:
        yield opened


def pages_of(folder: Path, language: str) -> list[Path]:
    """Every page of a language, of the pages of CSMs those of the first and of nobody."""
    others = [
        page
        for part in ("work", "customers")
        for page in (folder / part).glob("*.html")
        if page.name.endswith(".ja.html") == (language == "ja")
    ]
    some = [page for page in others if page.stem.split(".")[0] in ("M000", file_name(None))] or others[:2]
    return [*(folder / page_name(name, language) for name in (*builders(), "monthly")), *some]


def problems(chromium: Browser, page: Path) -> list[str]:
    """What is wrong with the open page."""
    outside = [url for url in chromium.requests if not url.startswith(("file:", "data:", "blob:"))]
    found = [*chromium.run(LAYOUT), *outside, *chromium.errors]
    return [f"{page.name}: {problem}" for problem in found]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("company", ["reports", "empty_report"])
def test_nothing_is_cut_overlaps_or_is_asked_of_others(
    chromium: Browser, request: pytest.FixtureRequest, company: str, width: int, language: str
) -> None:
    folder: Path = request.getfixturevalue(company)
    found = []
    for page in pages_of(folder, language):
        chromium.open(page, width)
        assert chromium.text("h1")[0].strip()
        found += problems(chromium, page)
    assert found == []


def test_the_checks_find_what_is_cut_or_overlaps(chromium: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<main><section class='chart'><p style='white-space: nowrap'>"
        + "wide " * 200
        + "</p></section><p>below</p><p style='margin-top: -30px'>above</p>"
        "<img src='http://127.0.0.1:9/picture.png'></main>",
        encoding="utf-8",
    )
    chromium.open(page, 390)
    found = "\n".join(problems(chromium, page))
    for said in ("pixels wide in a window of 390", "It is cut", "They overlap", "http://127.0.0.1:9/"):
        assert said in found


def test_30000_customers_are_shown_without_a_problem(chromium: Browser, large_report: Path) -> None:
    for width in (390, 1280):
        for page in (*pages_of(large_report, "en")[:2], *pages_of(large_report, "en")[-4:]):
            chromium.open(page, width)
            assert problems(chromium, page) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_tiles_show_the_scorecard(chromium: Browser, reports: Path, marts: Marts, code: str) -> None:
    language = Language(code, "USD")
    rows = marts.rows(
        f"select name_{code} as name, value, target_value, unit from marts.kpi_scorecard_months "
        "inner join marts.dim_kpis using (kpi_id) "
        "where is_focus and segment_dimension = 'all' and month_start = ?",
        [marts.month],
    )
    assert len(rows) > 5
    chromium.open(reports / page_name("overview", code))
    names, values = chromium.text(".tile h3"), chromium.text(".tile .value")
    shown = dict(zip(names, values, strict=True))
    assert {row["name"]: shown[row["name"]] for row in rows} == {
        row["name"]: language.value(row["value"], row["unit"]) for row in rows
    }


@pytest.mark.parametrize("chart_id", TEN_CHARTS)
def test_a_picture_shows_its_mart(chromium: Browser, reports: Path, marts: Marts, chart_id: str) -> None:
    chart = CHARTS[chart_id]
    chromium.open(reports / page_name(PAGES[chart_id], "en"))
    assert pictured(chromium, chart) == figures(marts, chart, "all", "all", MONTHS_SHOWN)


def test_a_segment_and_months_are_chosen_on_the_page(chromium: Browser, reports: Path, marts: Marts) -> None:
    (largest,) = marts.rows(
        "select segment_value as plan, closing_mrr from marts.kpi_mrr_months "
        "where segment_dimension = 'plan' and month_start = ? order by closing_mrr desc limit 1",
        [marts.month],
    )
    chart, language = CHARTS["mrr_movements"], Language("en", "USD")
    chromium.open(reports / "revenue.html")
    chromium.choose("#months", "6")
    assert pictured(chromium, chart) == figures(marts, chart, "all", "all", 6)
    chromium.choose("#segment", f"plan: {largest['plan']}")
    assert pictured(chromium, chart) == figures(marts, chart, "plan", largest["plan"], 6)
    chromium.run("document.querySelector('#mrr details').open = true")
    chromium.run("new Promise((done) => setTimeout(done, 50))")
    last = chromium.text("#mrr .numbers tr:last-child td")[-1]
    assert float(last) == pytest.approx(float(largest["closing_mrr"]), rel=1e-5)
    chromium.open(reports / "overview.html")
    chromium.choose("#segment", f"plan: {largest['plan']}")
    assert chromium.text("[data-kpi=closing_mrr] .value") == [
        language.value(largest["closing_mrr"], "currency")
    ]


def figures(
    marts: Marts, chart: Chart, dimension: str, value: str, months: int
) -> dict[tuple[str, str], float]:
    """What the mart holds for a chart, by month and series."""
    columns = ", ".join(series.column for series in chart.series)
    rows = marts.rows(
        f"select month_start, {columns} from marts.{chart.mart} where segment_dimension = ? "
        "and segment_value = ? and month_start <= ? and month_start > ? - to_months(?)",
        [dimension, value, marts.month, marts.month, months],
    )
    return {
        (f"{row['month_start']:%Y-%m}", series.label.en): float(f"{series.sign * row[series.column]:.6g}")
        for row in rows
        for series in chart.series
        if row[series.column] is not None
    }


def pictured(chromium: Browser, chart: Chart) -> dict[tuple[str, str], float]:
    """What the marks of a picture say of themselves, by month and series."""
    chromium.run("new Promise((done) => setTimeout(done, 200))")
    said: list[str] = chromium.run(
        f"[...document.querySelectorAll('#{chart.chart_id} .picture svg [aria-label*=\"month:\"]')]"
        ".map((mark) => mark.getAttribute('aria-label'))"
    )
    found: dict[tuple[str, str], float] = {}
    for each in said:
        parts = dict(part.split(": ", 1) for part in each.split("; ") if ": " in part)
        found[parts["month"], parts["series"]] = float(
            re.sub(r"[^\d.e-]", "", parts["value"].replace("−", "-"))
        )
    return found


def test_customers_are_searched_filtered_and_sorted(chromium: Browser, large_report: Path) -> None:
    chromium.open(large_report / "customers" / "M000.html")
    everyone = chromium.text(".customer .name")
    assert len(everyone) > 100
    chromium.choose("#order", "name")
    assert chromium.text(".customer .name") == sorted(everyone)
    chromium.choose("#search", everyone[5].upper())
    assert everyone[5] in chromium.text(".customer .name")
    assert len(chromium.text(".customer .name")) < len(everyone)
    chromium.choose("#search", "no such customer")
    assert chromium.text("#found") == ["0 customers"]
    chromium.choose("#search", "")
    chromium.run("document.querySelector('.customer').open = true")
    chromium.run("new Promise((done) => setTimeout(done, 50))")
    assert "MRR" in chromium.text(".customer[open] .facts")[0]
    assert problems(chromium, large_report / "customers" / "M000.html") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mailed_file_shows_everything_alone(
    chromium: Browser, reports: Path, tmp_path: Path, language: str
) -> None:
    alone = Path(shutil.copy(reports / page_name("monthly", language), tmp_path))
    chromium.open(alone)
    assert problems(chromium, alone) == []
    assert len(chromium.requests) == 1
    assert chromium.run("document.querySelectorAll('.picture svg').length") > 20


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium: Browser, reports: Path, scheme: str, language: str) -> None:
    script = AXE.read_text(encoding="utf-8")
    found: dict[str, Any] = {}
    for page in pages_of(reports, language):
        chromium.open(page, scheme=scheme)
        chromium.run(f"{script};0")
        violations = chromium.run(
            "axe.run({resultTypes: ['violations']}).then((found) => found.violations.map((each) => "
            "[each.impact, each.id, each.nodes.length, each.nodes[0].html.slice(0, 200)]))"
        )
        for impact, rule, nodes, example in violations:
            if impact in ("serious", "critical"):
                found[f"{page.name}: {rule}"] = (nodes, example)
    assert found == {}
