"""Figures add up from the accounts and raw rows that `make explain` names; what is not there is said."""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.explain.accounts import RawRows
from orchestration.explain.explanation import Explanation, explain
from orchestration.explain.figures import ALL, ExplainError
from orchestration.explain.texts import explained
from orchestration.settings import PROJECT_DIR, Settings, load_settings

from ..support.commands import WORKED_EXAMPLE, CommandRun
from ..support.revenue_inputs import raw_inputs
from ..support.revenue_oracle import Company, Inputs, everything

RAW = PROJECT_DIR / "examples" / "worked_example"
AS_OF = dt.date(2024, 6, 30)
# Of each mart: KPIs whose id is the column, and the count by hand.
BY_HAND = {
    "mrr_months": ("closing_mrr", "expansion_mrr", "churned_mrr", "net_new_mrr", "quick_ratio"),
    "revenue_retention_months": (
        "nrr_rate",
        "grr_rate",
        "gross_revenue_churn_rate",
        "nrr_3m_rate",
        "grr_3m_rate",
    ),
    "customer_retention_months": ("closing_customers", "customer_churn_rate", "retention_rate_3m"),
    "expansion_months": ("upsell_rate", "cross_sell_mrr", "expansion_rate"),
    "ltv_months": ("arpa", "average_realised_ltv"),
}
SEGMENTS = ("", "country:US", "plan:crm_basic")


@pytest.fixture(scope="module")
def settings(example_run: CommandRun) -> Settings:
    return load_settings({**WORKED_EXAMPLE, "CSKPI_WAREHOUSE_DIR": str(example_run.warehouse_dir)})


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return raw_inputs(RAW, AS_OF)


def figures(seed: int) -> list[tuple[str, str, int, str]]:
    """A month and a segment of each KPI, drawn by chance."""
    chance = random.Random(seed)
    return [
        (table, kpi, chance.randint(2, 6), chance.choice(SEGMENTS))
        for table, kpis in BY_HAND.items()
        for kpi in kpis
    ]


@pytest.mark.parametrize(("table", "kpi", "month", "_"), figures(15))
def test_a_figure_counted_again_from_the_raw_rows_that_it_names_is_the_same(
    settings: Settings, inputs: Inputs, table: str, kpi: str, month: int, _: str
) -> None:
    explanation = explain(settings, kpi, f"2024-{month:02}", "", limit=None)
    figure, numbers = explanation.figure, named_rows(explanation)
    kept = [row for number, row in enumerate(inputs.subscription_items, start=1) if number in numbers]
    # Where no account adds anything, the count of all rows is 0 too, or there is none.
    company = Company(replace(inputs, subscription_items=kept or inputs.subscription_items))
    counted = getattr(company, table)(everything)[dt.date(2024, month, 1), "all"][kpi]
    assert kept or not (figure.value or counted)
    step = 1e-4 if figure.kpi.unit == "currency" else 0.0
    assert (figure.value is None) == (counted is None)
    if figure.value is not None and counted is not None:
        assert math.isclose(figure.value, counted, rel_tol=1e-9, abs_tol=1e-12 + step)


@pytest.mark.parametrize(("table", "kpi", "month", "segment"), figures(16))
def test_the_accounts_sum_to_both_sides_and_to_the_change(
    settings: Settings, table: str, kpi: str, month: int, segment: str
) -> None:
    explanation = explain(settings, kpi, f"2024-{month:02}", segment, limit=None)
    figure, accounts = explanation.figure, explanation.accounts
    assert figure.kpi.mart == f"kpi_{table}"
    if figure.sides is None or accounts is None:
        assert figure.sides is None or not any(figure.sides[0:1])
        return
    assert math.isclose(
        math.fsum(part.now.numerator for part in accounts.parts), figure.sides.numerator, abs_tol=1e-6
    )
    if figure.sides.denominator is not None:
        denominators = math.fsum(part.now.denominator or 0 for part in accounts.parts)
        assert math.isclose(denominators, figure.sides.denominator, abs_tol=1e-6)
    before = figure.earlier.get("month", (None, None))[0]
    if accounts.comparison == "month" and before is not None and figure.value is not None:
        changes = math.fsum(part.contribution or 0 for part in accounts.parts)
        assert math.isclose(changes, figure.value - before, rel_tol=1e-9, abs_tol=2e-4)


def named_rows(explanation: Explanation) -> set[int]:
    """The numbers of the rows of subscriptions that the accounts of a figure rest on."""
    if explanation.accounts is None:
        return set()
    assert explanation.accounts.others == 0
    rows = [each for part in explanation.accounts.parts for each in part.rows]
    assert {(each.table, each.file) for each in rows} <= {("subscription_items", "subscription_items.csv")}
    return {number for each in rows for number in each.numbers}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("nrr_12m_rat", "2024-06", ""), "'nrr_12m_rat' is no KPI; did you mean nrr_12m_rate"),
        (("xyzzy", "2024-06", ""), "'xyzzy' is no KPI; the mart dim_kpis lists them"),
        (("kfs_retention", "2024-06", ""), "without a figure of its own; KPIs that measure it: "),
        (("reviews", "2024-06", ""), "kpi_review_months, which is not by month and segment"),
        (("nrr_rate", "June", ""), "MONTH is 'June'; expected a month such as 2025-12"),
        (("nrr_rate", "2031-01", ""), r"no figure in 2031-01; its months are 2024-01 to 2024-06"),
        (("nrr_rate", "2024-06", "plan"), "SEGMENT is 'plan'; expected a dimension and a value"),
        (("nrr_rate", "2024-06", "plann:pro"), "'plann' is no dimension of segments; did you mean plan?"),
        (("nrr_rate", "2024-06", "country:USS"), "country:USS has no figure .* did you mean country:US?"),
        (("nps", "2024-06", ""), "nps has no figures: what it is counted from was not supplied"),
    ],
)
def test_what_is_not_there_is_said(settings: Settings, asked: tuple[str, str, str], sentence: str) -> None:
    with pytest.raises(ExplainError, match=sentence):
        explain(settings, *asked)


def test_a_name_or_alias_finds_its_kpi(settings: Settings) -> None:
    assert (
        explain(settings, "カスタマーチャーンレート", "2024-06", "").figure.kpi.kpi_id
        == "customer_churn_rate"
    )
    assert explain(settings, "grr, 12 months", "2024-06", "").figure.kpi.kpi_id == "grr_12m_rate"


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "en",
            ("all customers", "How it is counted", "Accounts that moved it since the month before", "rows "),
        ),
        ("ja", ("全顧客", "計算のしかた", "前月からの変化に寄与したアカウント", "行 ")),
    ],
)
def test_the_text_shows_the_formula_with_its_numbers_segments_accounts_and_rows(
    settings: Settings, language: str, parts: tuple[str, ...]
) -> None:
    explanation = explain(settings, "customer_churn_rate", "2024-06", "", limit=3)
    text = explained(explanation, language)
    sides = explanation.figure.sides
    assert sides is not None
    assert f"{sides.numerator:,.0f} ÷ {sides.denominator:,.0f}" in text
    assert "subscription_items.csv" in text
    for part in parts:
        assert part in text


def test_a_build_of_another_run_shows_no_accounts(settings: Settings, tmp_path: Path) -> None:
    elsewhere = replace(settings, warehouse_dir=tmp_path)
    (tmp_path / "published").symlink_to(settings.published_link.resolve())
    explanation = explain(elsewhere, "closing_mrr", "2024-06", "")
    assert explanation.accounts is None
    assert explanation.figure.segment == ALL
    assert "make run FULL=1" in explained(explanation, "en")


def test_runs_of_rows_are_written_as_ranges() -> None:
    assert RawRows("users", "users.csv", (1, 2, 3, 7, 9, 10)).ranges == "1-3, 7, 9-10"
