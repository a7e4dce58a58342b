"""Every page is there in both languages, loads nothing from outside, and shows the figures of the marts."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from orchestration.dbt.runner import Dbt
from orchestration.release.releases import open_marts, published_release
from orchestration.report import page_name, write_report
from orchestration.report.blocks import Page
from orchestration.report.chart_pages import chart_pages
from orchestration.report.charts import Chart
from orchestration.report.customers import MOST_CUSTOMERS, all_csms, customers_of, write_work_list
from orchestration.report.figures import Marts, chart_rows
from orchestration.report.language import LANGUAGES, Language
from orchestration.report.pages import builders, month_figures
from orchestration.report.releases import ReportError, write_month
from orchestration.report.site import Origin
from orchestration.report.today import work_rows
from orchestration.settings import PROJECT_DIR

from ..support.commands import CommandRun

CHARTS = {chart.chart_id: chart for _, charts in chart_pages().values() for chart in charts}
LARGEST_PAGE = 3_000_000


def shown_data(page: Path) -> Any:
    """What a page's script reads."""
    found = re.search(r'id="report-data">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_published_and_links_lead_to_files(reports: Path, language: str) -> None:
    for name in (*builders(), "monthly"):
        page = reports / page_name(name, language)
        text = page.read_text(encoding="utf-8")
        assert f'<html lang="{language}">' in text
        assert page.stat().st_size < LARGEST_PAGE
        written = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
        for link in re.findall(r'(?:href|src)="([^"#]*)(?:#[^"]*)?"', written):
            assert not link or (page.parent / link).exists(), f"{name} links to {link}"


def test_nothing_is_loaded_from_outside(reports: Path) -> None:
    for page in reports.rglob("*.html"):
        text = re.sub(r"<script.*?</script>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert "http:" not in text, page
        assert "https:" not in text, page
    assert "url(" not in (reports / "assets" / "report.css").read_text(encoding="utf-8")


def test_a_page_that_is_mailed_needs_no_other_file(reports: Path) -> None:
    for language in LANGUAGES:
        text = (reports / page_name("monthly", language)).read_text(encoding="utf-8")
        assert not re.findall(
            r'(?:href|src)="[^#]', re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
        )


@pytest.mark.parametrize("chart", CHARTS.values(), ids=list(CHARTS))
def test_a_chart_shows_its_mart(reports: Path, marts: Marts, chart: Chart) -> None:
    (page,) = [name for name, (_, charts) in chart_pages().items() if chart in charts]
    drawn = shown_data(reports / page_name(page, "en"))["charts"][chart.chart_id]
    shown = sorted(
        (drawn["months"][month], drawn["segments"][segment], value)
        for month, segment, _, value in drawn["rows"]
    )
    expected = sorted(
        (f"{row['month_start']:%Y-%m}", row["segment"], float(f"{series.sign * float(value):.6g}"))
        for row in chart_rows(marts, chart)
        for series in chart.series
        if (value := row[series.column]) is not None
    )
    assert shown == expected
    if "all" not in {segment for _, segment, _ in shown}:
        assert drawn["why"]


def test_tiles_show_the_scorecard(reports: Path, marts: Marts) -> None:
    tiles = shown_data(reports / "overview.html")["tiles"]
    rows = marts.rows(
        "select kpi_id, value, target_value, unit from marts.kpi_scorecard_months "
        "inner join marts.dim_kpis using (kpi_id) "
        "where is_focus and segment_dimension = 'all' and month_start = ?",
        [marts.month],
    )
    assert len(rows) > 5
    language = Language("en", "USD")
    for row in rows:
        tile = tiles[row["kpi_id"]]["all"]
        assert tile["value"] == language.value(row["value"], row["unit"])
        if row["target_value"] is not None:
            assert f"Target: {language.value(row['target_value'], row['unit'])}" in tile["lines"]


def test_a_tile_says_what_moved_its_kpi(reports: Path, marts: Marts) -> None:
    """The segment that moved the KPI most the way it went, of each dimension the first."""
    tiles, language = shown_data(reports / "overview.html")["tiles"], Language("en", "USD")
    (top,) = marts.rows(
        """
        select segment_dimension, segment_value, contribution
        from marts.kpi_change_drivers
        where kpi_id = 'closing_mrr' and month_start = ? and comparison = 'month'
            and segment_dimension in ('plan', 'size_band', 'touch_model', 'industry', 'region')
            and sign(contribution) = sign(value - compared_value)
        order by abs(contribution) desc, segment_dimension, segment_value
        limit 1
        """,
        [marts.month],
    )
    lines = tiles["closing_mrr"]["all"]["lines"]
    first = lines[lines.index("Moved most by") + 1]
    assert first.endswith(language.change(top["contribution"], 0, "currency"))


def test_a_mailed_page_shows_what_was_first_reported(marts: Marts) -> None:
    rows = marts.rows(
        "select * from marts.kpi_scorecard_months where kpi_id = 'closing_mrr' and segment_dimension = 'all' "
        "and month_start = ?",
        [marts.month],
    )
    kpi, language = marts.kpis["closing_mrr"], Language("en", "USD")
    restated = [{**rows[0], "value": 2_000.0, "first_reported_value": 1_000.0}]
    mailed = month_figures(kpi, restated, marts.month, language, as_reported=True)
    assert mailed["value"] == "$1,000"
    assert "Now: $2,000" in mailed["lines"]
    on_the_page = month_figures(kpi, restated, marts.month, language, as_reported=False)
    assert on_the_page["value"] == "$2,000"
    assert "First reported: $1,000" in on_the_page["lines"]


def test_the_monthly_file_is_of_the_last_month_that_is_over(marts: Marts, tmp_path: Path) -> None:
    as_of = dt.date(2024, 6, 20)
    write_report(marts.connection, Origin(as_of, "USD"), tmp_path)
    assert "<h1>Report of 2024-05</h1>" in (tmp_path / "monthly.html").read_text(encoding="utf-8")
    assert shown_data(tmp_path / "monthly.html")["charts"]["mrr"]["months"][-1] == "2024-05"
    assert shown_data(tmp_path / "revenue.html")["charts"]["mrr"]["months"][-1] == "2024-06"


def test_the_first_page_says_what_came_in(reports: Path, marts: Marts) -> None:
    text = html.unescape((reports / "index.html").read_text(encoding="utf-8"))
    closing = marts.row(
        "select closing_mrr from marts.kpi_mrr_months where month_start = ? and segment_dimension = 'all'",
        [marts.month],
    )["closing_mrr"]
    assert f'<p class="value">{Language("en", "USD").value(closing, "currency")}</p>' in text
    assert f'datetime="{marts.as_of}"' in text


@pytest.mark.parametrize("name", builders())
def test_an_exposure_names_the_marts_of_a_page(example_run: CommandRun, marts: Marts, name: str) -> None:
    page: Page = builders()[name](marts, Language("en", "USD"))
    for block in page.blocks:
        if isinstance(block, Chart):
            chart_rows(marts, block)
    # Names are read where someone is named, which nobody is in the worked example.
    named = {"dim_team_members"} if name == "index" else set()
    assert exposed(example_run, f"report_{'today' if name == 'index' else name}") == marts.read | named


def test_an_exposure_names_the_marts_of_the_pages_of_a_csm(
    example_run: CommandRun, marts: Marts, tmp_path: Path
) -> None:
    language = Language("en", "USD")
    for csm_id in all_csms(marts):
        customers_of(marts, language, csm_id)
        work_rows(marts, language, csm_id)
        write_work_list(marts, language, csm_id, tmp_path / "work.csv")
        marts.member(csm_id or "nobody")
    assert exposed(example_run, "report_of_a_csm") == marts.read


def exposed(example_run: CommandRun, name: str) -> set[str]:
    manifest = Dbt(PROJECT_DIR, example_run.warehouse_dir).manifest()
    (exposure,) = [one for one in manifest["exposures"].values() if one["name"] == name]
    return {node.split(".")[-1] for node in exposure["depends_on"]["nodes"]}


def test_kpis_of_charts_are_in_the_dictionary(marts: Marts) -> None:
    for chart in CHARTS.values():
        assert set(chart.kpis) <= marts.kpis.keys(), chart.chart_id


def test_a_company_without_anything_has_a_whole_report(empty_report: Path) -> None:
    for name in builders():
        for code in LANGUAGES:
            assert (empty_report / page_name(name, code)).exists()
    assert "No work today." in (empty_report / "index.html").read_text(encoding="utf-8")


@pytest.mark.long
def test_pages_of_30000_customers_stay_small_and_name_no_customer_of_another_csm(large_report: Path) -> None:
    pages = list(large_report.rglob("*.html"))
    # Two languages of a page of work and one of customers for each of 30 CSMs and for nobody's customers.
    assert len([page for page in pages if page.parent != large_report]) == 2 * 2 * 31
    assert {page.name: page.stat().st_size for page in pages if page.stat().st_size >= LARGEST_PAGE} == {}
    for page in (*(large_report / "work").iterdir(), *(large_report / "customers").iterdir()):
        whose = page.name.split(".")[0]
        named = set(re.findall(r"Customer (\d+)", page.read_text(encoding="utf-8")))
        assert named, page
        assert {int(number) % 31 for number in named} == {30 if whose == "unassigned" else int(whose[1:])}, (
            page
        )
    for csm_id in ("M000", "M029"):
        shown = shown_data(large_report / "customers" / f"{csm_id}.html")["customers"]
        assert len(shown) == MOST_CUSTOMERS
        number = int(csm_id[1:])
        assert {int(each["id"][1:]) % 31 for each in shown} == {number}


def test_one_page_of_an_earlier_month_and_a_segment(example_run: CommandRun, tmp_path: Path) -> None:
    release = published_release(example_run.warehouse_dir)
    assert release
    published = example_run.warehouse_dir / "published"
    with open_marts(published) as connection:
        plan, mrr = connection.execute(
            "select segment_value, closing_mrr from marts.kpi_mrr_months "
            "where month_start = '2024-05-01' and segment_dimension = 'plan' order by closing_mrr desc"
        ).fetchall()[0]
    pages = write_month(published, release, tmp_path, "2024-05", f"plan:{plan}")
    assert [page.name for page in pages] == [
        f"monthly-2024-05-plan-{plan}.html",
        f"monthly-2024-05-plan-{plan}.ja.html",
    ]
    text = html.unescape(pages[0].read_text(encoding="utf-8"))
    assert f'<p class="value">{Language("en", "USD").value(mrr, "currency")}</p>' in text
    drawn = shown_data(pages[0])["charts"]["mrr"]
    assert drawn["months"][-1] == "2024-05"
    assert drawn["rows"][-1][-1] == pytest.approx(float(mrr), rel=1e-5)


@pytest.mark.parametrize(
    ("month", "segment", "says"),
    [
        ("May", "", "MONTH=May is no month: write it like 2025-10."),
        ("2030-01", "", "There are no figures of 2030-01 yet: the release is as of 2024-06-30."),
        ("1999-01", "", "There are no figures of 1999-01."),
        ("2024-05", "plan:none", "There is no segment plan:none in 2024-05. There are: plan:"),
    ],
)
def test_a_month_or_a_segment_without_figures(
    example_run: CommandRun, tmp_path: Path, month: str, segment: str, says: str
) -> None:
    release = published_release(example_run.warehouse_dir)
    assert release
    with pytest.raises(ReportError) as stop:
        write_month(example_run.warehouse_dir / "published", release, tmp_path, month, segment)
    assert str(stop.value).startswith(says)
