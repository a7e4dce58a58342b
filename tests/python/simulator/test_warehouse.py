"""The warehouse built from a simulated company counts what the simulator's own books say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.simulator import Simulated

from ..conftest import run_command

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

# Mart, the books' file, the columns of both.
COUNTED = [
    ("kpi_mrr_months", "mrr_months", ROLL_FORWARD),
    ("kpi_customer_retention_months", "mrr_months", CUSTOMERS),
    ("fct_account_months", "account_months", f"account_id, {ROLL_FORWARD}"),
    ("fct_mrr_movements", "mrr_movements", MOVEMENT),
    ("quarantined_rows", "spoiled_rows", "table_name, reason, file_name, row_number"),
    ("load_report", "table_rows", ROWS),
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
