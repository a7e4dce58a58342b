"""The warehouse built from a simulated company counts what the simulator's own books say."""

from __future__ import annotations

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
            row["account_id"]: predicted_ltv(row, year, now)
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


def predicted_ltv(row: dict[str, Any], year: list[dict[str, Any]], now: list[dict[str, Any]]) -> Decimal:
    """Of one customer: `year` are the rows of twelve months, `now` those of its own."""

    def counts(rows: list[dict[str, Any]]) -> tuple[int, int]:
        opening = [one for one in rows if one["opening_mrr"] > 0]
        return len(opening), sum(one["closing_mrr"] == 0 for one in opening)

    band = counts([one for one in year if one["size_band"] == row["size_band"]])
    is_large = sum(one["closing_mrr"] > 0 and one["size_band"] == row["size_band"] for one in now) >= 30
    opening, churned = band if is_large and band[1] else counts(year)
    months = min(Fraction(opening, churned), 60) if churned else 60
    amount = Fraction(row["closing_mrr"]) * months
    return Decimal(math.floor(amount * 10_000 + Fraction(1, 2))) / 10_000


def touch_model(share_above: float) -> str:
    return "high_touch" if share_above < 0.1 else "low_touch" if share_above < 0.4 else "tech_touch"
