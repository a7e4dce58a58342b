"""What the terminal says at the end of a run."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import duckdb
import pytest

from orchestration.demo import DEMO_DIR
from orchestration.release.inputs import Inputs
from orchestration.release.releases import Origin, Release
from orchestration.release.summary import run_summary
from orchestration.terminal import console_on


def summary(
    folder: Path,
    as_of_date: dt.date,
    months: str,
    *,
    loaded_on: dt.date | None = None,
    raw_dir: str = "/raw",
    restated: str = "",
) -> str:
    """The summary of a release with one figure per month, 100 or what `months` selects.

    `restated` are rows of run and month.
    """
    database = folder / "warehouse" / "published" / "cs_kpi.duckdb"
    database.parent.mkdir(parents=True)
    rates = ("gross_revenue_churn_rate", "nrr_rate", "grr_rate", "nrr_12m_rate", "grr_12m_rate")
    amounts = ("opening", "new", "reactivated", "expansion", "contraction", "churned", "closing")
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table months as {months}")
        for mart, columns in {
            "kpi_mrr_months": [f"value as {name}_mrr" for name in amounts] + ["-value as fx_impact_mrr"],
            "kpi_revenue_retention_months": [f"value / 1000 as {name}" for name in rates],
            "kpi_customer_retention_months": [
                "7::bigint as closing_customers",
                "1::bigint as churned_customers",
                "0.125 as customer_churn_rate",
            ],
        }.items():
            connection.execute(
                f"create table marts.{mart} as select month_start, 'all' as segment_dimension, "
                f"'all' as segment_value, {', '.join(columns)} from months"
            )
        connection.execute("create table marts.kpi_restatements (run_id text, month_start date)")
        if restated:
            connection.execute(f"insert into marts.kpi_restatements values {restated}")
        connection.execute(
            "create table marts.load_report as from (values "
            "('accounts', 1, 1200, 1190, 4, 3, 3, null, 'low', 'colour, size'), "
            "('plans', 1, 100, 96, 0, 0, 4, 0.125, 'high', null), "
            "('users', 0, 0, 0, 0, 0, 0, null, 'not_judged', null)) "
            "as report (table_name, files, rows_read, rows_accepted, rows_repeated, rows_superseded, "
            "rows_quarantined, mrr_quarantined_rate, quarantined_status, unknown_columns)"
        )
        connection.execute(
            "create table marts.quarantined_rows as from (values "
            "('accounts', 'wrong_type', 'is_test'), ('accounts', 'duplicate_key', 'account_id'), "
            "('accounts', 'duplicate_key', 'account_id'), ('plans', 'wrong_type', 'is_addon'), "
            "('plans', 'wrong_type', 'is_addon'), ('plans', 'wrong_type', 'is_addon'), "
            "('plans', 'missing_required_value', 'plan_id')) as refused (table_name, reason, reason_column)"
        )
        connection.execute(
            "alter table marts.load_report add column keys_vanished bigint; "
            "alter table marts.load_report add column vanished_key varchar; "
            "update marts.load_report set keys_vanished = 2, vanished_key = 'p7' where table_name = 'plans'; "
            "create table marts.input_freshness as from (values "
            "('product_events', 'silent', date '2024-05-01', date '2024-05-04', 57, null, null, 'usage')) "
            "as inputs (table_name, status, newest_on, next_expected_on, days_late, rows_last_day, "
            "usual_rows_last_day, affects_en); "
            "create table marts.input_warnings as from (values "
            "('kpi_targets', 'unknown_kpi', 'kpi_id', 'mrrr', 'no KPI has this id')) "
            "as warnings (table_name, kind, column_name, row_key, detail_en); "
            "create table marts.kpi_target_checks as from (values "
            "('grr_rate', 'all', 'all', date '2024-01-01', 'off_scale', 'is the unit right?')) "
            "as checks (kpi_id, segment_dimension, segment_value, effective_month, target_finding, "
            "target_finding_label_en)"
        )
    origin, inputs = Origin(raw_dir, "JPY", "UTC", "account"), Inputs(loaded_on=loaded_on)
    release = Release("r1", "run", as_of_date, origin, {"kpi_mrr_months": 1}, inputs)
    written = io.StringIO()
    console_on(written).print(run_summary(release, folder / "warehouse", folder))
    return written.getvalue()


FIVE_MONTHS = """
select month::date as month_start, 1234.5::decimal(18, 4) as value
from range(date '2024-02-01', date '2024-07-01', interval 1 month) months (month)
"""


def test_it_shows_the_last_three_months_in_columns(tmp_path: Path) -> None:
    text = summary(tmp_path, dt.date(2024, 6, 30), FIVE_MONTHS)
    lines = text.splitlines()
    assert lines[0] == "Published as of 2024-06-30; amounts in JPY."
    (heading,) = [line for line in lines if line.startswith("By month")]
    (opening,) = [line for line in lines if "MRR at the start" in line]
    (churn,) = [line for line in lines if "customer churn" in line]
    assert heading.split()[2:] == ["2024-04", "2024-05", "2024-06"]
    assert opening.split()[-3:] == ["1,234.50"] * 3
    assert churn.split()[-3:] == ["12.5%"] * 3
    assert len(heading) == len(opening) == len(churn)
    assert "not over" not in text


def test_a_month_that_is_not_over_is_marked(tmp_path: Path) -> None:
    text = summary(tmp_path, dt.date(2024, 6, 29), FIVE_MONTHS)
    assert "2024-05   " in text
    assert "2024-06*" in text
    assert "* the month is not over: up to 2024-06-29." in text


def test_a_figure_that_is_not_known_is_a_dash(tmp_path: Path) -> None:
    text = summary(tmp_path, dt.date(2024, 6, 30), FIVE_MONTHS.replace("1234.5", "null"))
    (growth,) = [line for line in text.splitlines() if line.strip().startswith("NRR  ")]
    assert growth.split() == ["NRR", "-", "-", "-"]


def test_it_says_what_was_loaded_and_what_was_not(tmp_path: Path) -> None:
    lines = summary(tmp_path, dt.date(2024, 6, 30), FIVE_MONTHS).splitlines()
    (accounts,) = [line for line in lines if line.strip().startswith("accounts ")]
    assert accounts.split() == ["accounts", "1", "1,200", "1,190", "4", "3", "3"]
    assert "Not supplied, so their figures are empty: users." in lines
    assert "Not in the contract, so not read: accounts (colour, size)." in lines
    assert (
        "In quarantine: 7 of 1,300 rows (0.54%), most often wrong_type (is_addon) 3, "
        "duplicate_key (account_id) 2, missing_required_value (plan_id) 1. See marts.quarantined_rows."
    ) in lines
    assert (
        "Much of plans: 4 of 100 rows (4.00%), 12.50% of the MRR read, most often wrong_type (is_addon) 3, "
        "missing_required_value (plan_id) 1."
    ) in lines
    assert not any(line.startswith("Much of accounts") for line in lines)


def test_it_says_which_inputs_are_late_and_which_contradict_themselves(tmp_path: Path) -> None:
    lines = summary(tmp_path, dt.date(2024, 6, 30), FIVE_MONTHS).splitlines()
    assert (
        "Silent: product_events has no record since 2024-05-01, 57 days over what input_expectations allows. "
        "What rests on it: usage."
    ) in lines
    assert "Gone since the last run: 2 keys of plans, such as p7." in lines
    assert "Contradiction: 1 of kpi_targets (unknown_kpi, kpi_id), such as mrrr: no KPI has this id." in lines
    assert "Check 1 target, such as grr_rate: is the unit right?" in lines


def test_it_names_the_files_as_a_person_in_the_project_would(tmp_path: Path) -> None:
    text = summary(tmp_path, dt.date(2024, 6, 30), FIVE_MONTHS)
    assert "  warehouse/published/cs_kpi.duckdb   schema marts, 1 tables" in text
    assert str(tmp_path) not in text


def test_no_figure_is_cut_on_a_narrow_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text = summary(tmp_path, dt.date(2024, 6, 30), FIVE_MONTHS)
    assert "…" not in text
    assert "1,200" in text


def test_a_company_without_revenue_yet_has_no_months(tmp_path: Path) -> None:
    text = summary(tmp_path, dt.date(2024, 6, 30), f"{FIVE_MONTHS} limit 0")
    assert "No month has any MRR yet." in text


def test_an_old_as_of_date_is_said_with_its_days(tmp_path: Path) -> None:
    text = summary(tmp_path, dt.date(2024, 6, 30), FIVE_MONTHS, loaded_on=dt.date(2024, 7, 10))
    assert "The as-of date 2024-06-30 is 10 days before today (2024-07-10)" in text


@pytest.mark.parametrize("day", [30, 29])
def test_data_of_today_or_yesterday_are_not_old(tmp_path: Path, day: int) -> None:
    text = summary(tmp_path, dt.date(2024, 6, day), FIVE_MONTHS, loaded_on=dt.date(2024, 6, 30))
    assert "before today" not in text


def test_the_demo_is_not_called_old(tmp_path: Path) -> None:
    demo = str(DEMO_DIR / "raw")
    text = summary(tmp_path, dt.date(2024, 6, 30), FIVE_MONTHS, loaded_on=dt.date(2026, 6, 30), raw_dir=demo)
    assert "before today" not in text


@pytest.mark.parametrize(
    ("restated", "says"),
    [
        (
            "('run', '2024-02-01'), ('run', '2024-04-01')",
            "Restated: 2 figures of closed months (2024-02 to 2024-04)",
        ),
        ("('run', '2024-02-01'), ('before', '2024-03-01')", "Restated: 1 figure of closed months (2024-02)"),
    ],
)
def test_closed_figures_that_the_run_changed_are_said(tmp_path: Path, restated: str, says: str) -> None:
    assert says in summary(tmp_path, dt.date(2024, 6, 30), FIVE_MONTHS, restated=restated)


def test_figures_that_an_earlier_run_changed_are_not_said_again(tmp_path: Path) -> None:
    text = summary(tmp_path, dt.date(2024, 6, 30), FIVE_MONTHS, restated="('before', '2024-03-01')")
    assert "Restated" not in text


def test_it_ends_with_where_to_read_on(tmp_path: Path) -> None:
    lines = summary(tmp_path, dt.date(2024, 6, 30), FIVE_MONTHS).splitlines()
    assert lines[-4:] == [
        "Read on",
        "  warehouse/published/reports   does the health score predict churn?",
        "  make dev    Dagster's pages: the graph, every check, the schedule",
        "  make docs   every table and column on one page",
    ]
