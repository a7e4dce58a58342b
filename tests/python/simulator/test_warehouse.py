"""The warehouse built from a simulated company counts what the simulator's own books say."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from simulator import Simulated

from ..support.commands import run_command

pytestmark = pytest.mark.long

ROLL_FORWARD = (
    "month_start, opening_mrr, new_mrr, reactivated_mrr, expansion_mrr, contraction_mrr, churned_mrr, "
    "fx_impact_mrr, closing_mrr"
)
CUSTOMERS = (
    "month_start, opening_customers, new_customers, reactivated_customers, churned_customers, "
    "closing_customers"
)
MOVEMENT = (
    "account_id, movement_date, movement_type, mrr_before, mrr_after, mrr_change, days_lapsed, is_pause, "
    "is_involuntary"
)
ROWS = (
    "table_name, rows_read, rows_accepted, rows_repeated, rows_superseded, rows_quarantined, "
    "unknown_references"
)

ONBOARDING = "month_start, accounts_offered, accounts_completed, accounts_completed_to_date, is_mature"

# Mart, the books' file, the columns of both.
COUNTED = [
    ("kpi_mrr_months", "mrr_months", ROLL_FORWARD),
    ("kpi_customer_retention_months", "mrr_months", CUSTOMERS),
    ("fct_account_months", "account_months", f"account_id, {ROLL_FORWARD}"),
    ("fct_mrr_movements", "mrr_movements", MOVEMENT),
    ("quarantined_rows", "spoiled_rows", "table_name, reason, file_name, row_number"),
    ("load_report", "table_rows", ROWS),
    ("kpi_onboarding_months", "onboarding_months", ONBOARDING),
]


@pytest.fixture(scope="module")
def published(
    small: Simulated, history_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """What a whole run publishes of the untidy company."""
    warehouse_dir = tmp_path_factory.mktemp("simulated") / "warehouse"
    ended = run_command("run", warehouse_dir, history_dir, {"CSKPI_RAW_DIR": str(small.raw_dir)})
    assert ended.exit_status == 0, ended.output + ended.errors
    with duckdb.connect(str(warehouse_dir / "published" / "cs_kpi.duckdb"), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(("mart", "book", "columns"), COUNTED)
def test_the_marts_count_what_happened(
    published: duckdb.DuckDBPyConnection, small: Simulated, mart: str, book: str, columns: str
) -> None:
    is_segmented = mart.startswith("kpi_")
    counted = f"select {columns} from marts.{mart}" + (
        " where segment_dimension = 'all'" if is_segmented else ""
    )
    happened = f"select {columns} from read_parquet('{small.truth_dir / book}.parquet')"
    assert published.sql(f"select count(*) > 0 from ({happened})").fetchone() == (True,)
    assert published.sql(f"({counted}) except all ({happened})").fetchall() == []
    assert published.sql(f"({happened}) except all ({counted})").fetchall() == []


# A mart with its columns, and a book with its names for them; a month without any may be in neither.
ANSWERS_AND_TICKETS = [
    (
        "kpi_nps_months where segment_dimension = 'all' and responses > 0",
        "month_start, responses, promoters, detractors",
        "voice_months",
        "month_start, nps_responses, promoters, detractors",
    ),
    (
        "kpi_csat_months where segment_dimension = 'all' and subject = 'all'",
        "month_start, responses, satisfied",
        "voice_months",
        "month_start, csat_responses, satisfied",
    ),
    (
        "kpi_support_months where segment_dimension = 'all' and tickets_opened + tickets_resolved > 0",
        "month_start, tickets_opened, tickets_resolved, open_at_close, escalated, replies",
        "ticket_months",
        "month_start, opened, resolved, open_at_close, escalated, replies",
    ),
]


@pytest.mark.parametrize("compared", ANSWERS_AND_TICKETS, ids=lambda compared: compared[0].split()[0])
def test_the_marts_count_the_answers_and_tickets(
    published: duckdb.DuckDBPyConnection, small: Simulated, compared: tuple[str, str, str, str]
) -> None:
    mart, columns, book, names = compared
    counted = published.sql(f"select {columns} from marts.{mart} order by month_start").fetchall()
    happened = published.sql(
        f"select {names} from read_parquet('{small.truth_dir / book}.parquet') order by month_start"
    ).fetchall()
    assert counted
    assert counted == [row for row in happened if any(row[1:3])]


def test_touch_models_follow_from_the_churn_of_twelve_months(published: duckdb.DuckDBPyConnection) -> None:
    found = published.sql(
        "select account_id, month_start, size_band, opening_mrr, closing_mrr, predicted_ltv, touch_model"
        " from marts.fct_account_months"
    )
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    months = sorted({row["month_start"] for row in rows})
    models_before: dict[str, str] = {}
    for place, month in enumerate(months):
        year = [row for row in rows if row["month_start"] in months[max(place - 11, 0) : place + 1]]
        now = [row for row in rows if row["month_start"] == month]
        predicted = {
            row["account_id"]: predicted_ltv(row, year)
            for row in now
            if row["closing_mrr"] > 0 and place >= 11
        }
        models = {
            account_id: touch_model(sum(other > value for other in predicted.values()) / len(predicted))
            for account_id, value in predicted.items()
        }
        for row in now:
            account_id = row["account_id"]
            assert row["predicted_ltv"] == predicted.get(account_id)
            assert row["touch_model"] == models.get(account_id, models_before.get(account_id, "unknown"))
        models_before = models


def predicted_ltv(row: dict[str, Any], year: list[dict[str, Any]]) -> Decimal:
    """Of one customer: `year` are the rows of twelve months."""

    def counts(rows: list[dict[str, Any]]) -> tuple[int, int]:
        opening = [one for one in rows if one["opening_mrr"] > 0]
        return len(opening), sum(one["closing_mrr"] == 0 for one in opening)

    opening, churned = counts([one for one in year if one["size_band"] == row["size_band"]])
    all_opening, all_churned = counts(year)
    churn = (churned + 360 * Fraction(all_churned, all_opening)) / (opening + 360)
    months = (1 - (1 - churn) ** 60) / churn if churn else Fraction(60)
    months = Fraction(math.floor(months * 10**8 + Fraction(1, 2)), 10**8)
    amount = Fraction(row["closing_mrr"]) * months
    return Decimal(math.floor(amount * 10_000 + Fraction(1, 2))) / 10_000


def recounted_auc(rows: list[tuple[float, bool]]) -> float:
    """Of all pairs of one that left and one that stayed, how often the first has the higher risk."""
    left = [risk for risk, is_gone in rows if is_gone]
    stayed = [risk for risk, is_gone in rows if not is_gone]
    wins = sum((gone > there) + (gone == there) / 2 for gone in left for there in stayed)
    return wins / (len(left) * len(stayed))


@pytest.fixture(scope="module")
def account_dates(published: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every published score whose account was a customer, with the days until the ledger's next churn."""
    churns: dict[str, list[dt.date]] = {}
    begins: dict[str, list[dt.date]] = {}
    for account_id, day, kind in published.sql(
        "select account_id, movement_date, movement_type from marts.fct_mrr_movements"
    ).fetchall():
        if kind == "churn":
            churns.setdefault(account_id, []).append(day)
        if kind in ("new", "reactivation"):
            begins.setdefault(account_id, []).append(day)
    found = published.sql(
        "select account_id, as_of_date, health_band, score, churn_chance_90d, mrr"
        " from marts.account_health_scores"
        " join (select account_id, closing_mrr as mrr, month_start from marts.fct_account_months)"
        " using (account_id) where month_start = date_trunc('month', as_of_date)"
    )
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    for row in rows:
        later = [day for day in churns.get(row["account_id"], []) if day > row["as_of_date"]]
        since = max(day for day in begins[row["account_id"]] if day <= row["as_of_date"])
        row["tenure_days"] = (row["as_of_date"] - since).days
        row["days_to_churn"] = (min(later) - row["as_of_date"]).days if later else None
    return rows


def closed(rows: list[dict[str, Any]], horizon: int) -> list[dict[str, Any]]:
    newest = max(row["as_of_date"] for row in rows)
    return [
        {**row, "left": row["days_to_churn"] is not None and row["days_to_churn"] <= horizon}
        for row in rows
        if (newest - row["as_of_date"]).days >= horizon
    ]


@pytest.mark.parametrize("horizon", [30, 90, 180])
def test_the_backtest_can_be_recounted_from_what_is_published(
    published: duckdb.DuckDBPyConnection, account_dates: list[dict[str, Any]], horizon: int
) -> None:
    figures = {
        model: (auc, scores, left)
        for model, auc, scores, left in published.sql(
            "select model, auc, account_dates, churned_account_dates from marts.health_backtest"
            f" where segment_dimension = 'all' and horizon_days = {horizon} order by as_of_from desc"
        ).fetchall()
    }
    rows = [row for row in closed(account_dates, horizon) if row["score"] is not None]
    risks: dict[str, list[tuple[float, bool]]] = {
        "score": [(-row["score"], row["left"]) for row in rows],
        "tenure": [(-row["tenure_days"], row["left"]) for row in rows],
    }
    if horizon == 90:
        risks["chance"] = [
            (row["churn_chance_90d"], row["left"]) for row in rows if row["churn_chance_90d"] is not None
        ]
    for model, compared in risks.items():
        auc, scores, left = figures.get(model, (None, 0, 0))
        assert (scores, left) == (len(compared), sum(is_gone for _, is_gone in compared))
        if auc is not None:
            # A published chance has six digits.
            assert auc == pytest.approx(recounted_auc(compared), abs=1e-4 if model == "chance" else 1e-8)
    assert figures["score"][0] is not None


@pytest.mark.parametrize("horizon", [30, 90, 180])
def test_the_worth_of_bands_can_be_recounted(
    published: duckdb.DuckDBPyConnection, account_dates: list[dict[str, Any]], horizon: int
) -> None:
    found = published.sql(
        "select health_band, account_dates, churned, lost_mrr, share_of_churned, share_of_lost_mrr,"
        " as_of_from, as_of_to from marts.health_band_worth"
        f" where horizon_days = {horizon}"
    )
    published_rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    assert len({row["as_of_from"] for row in published_rows}) == 2 - (horizon == 180)
    rows = closed(account_dates, horizon)
    for shown in published_rows:
        window = [row for row in rows if shown["as_of_from"] <= row["as_of_date"] <= shown["as_of_to"]]
        band = [row for row in window if row["health_band"] == shown["health_band"]]
        lost = sum(row["mrr"] for row in band if row["left"])
        left = sum(row["left"] for row in window)
        assert (shown["account_dates"], shown["churned"]) == (len(band), sum(row["left"] for row in band))
        assert shown["lost_mrr"] == lost
        assert shown["share_of_churned"] == pytest.approx(shown["churned"] / left)
        assert shown["share_of_lost_mrr"] == pytest.approx(
            float(lost / sum(row["mrr"] for row in window if row["left"]))
        )


def test_the_report_is_published_in_two_languages(published: duckdb.DuckDBPyConnection) -> None:
    (path,) = published.sql("select path from duckdb_databases() where path is not null").fetchone() or ("",)
    reports = Path(path).parent / "reports"
    english = (reports / "health_backtest.md").read_text(encoding="utf-8")
    japanese = (reports / "health_backtest.ja.md").read_text(encoding="utf-8")
    (auc,) = published.sql(
        "select auc from marts.health_backtest where model = 'score' and segment_dimension = 'all'"
        " and horizon_days = 90 order by as_of_from limit 1"
    ).fetchone() or (0.0,)
    for text, plot in ((english, "health_lift.png"), (japanese, "health_lift.ja.png")):
        assert f"AUC {auc:.3f}" in text
        assert f"]({plot})" in text
        assert (reports / plot).exists()


def touch_model(share_above: float) -> str:
    return "high_touch" if share_above < 0.1 else "low_touch" if share_above < 0.4 else "tech_touch"
