"""Inputs that are late, small, gone or contradict themselves are told; each on a company made for it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from orchestration.expectations import read_expectations
from orchestration.loading.contract import read_contract
from orchestration.release.input_notices import input_notices, late_by_today
from orchestration.release.releases import Origin, Release
from orchestration.settings import PROJECT_DIR

from ..support.increments import Night, parsed

AS_OF = dt.date(2024, 6, 30)
RELEASE = Release("r1", "run", AS_OF, Origin("/raw", "USD", "UTC", "account"))
COUNTRIES = ("JP", "Japan", "日本", "jpn", " JAPAN ", "DE")
MARTS = ("input_freshness", "input_warnings", "load_report", "int_input_keys", "int_shared_session_days")

# A company whose inputs are late, small or contradict themselves.
FILES = {
    "accounts.csv": [
        *(
            {"account_id": f"a{number}", "created_at": "2024-01-01", "country": country}
            for number, country in enumerate(COUNTRIES)
        ),
        {"account_id": "b1", "merged_into_account_id": "b2"},
        {"account_id": "b2", "merged_into_account_id": "b1"},
        {"account_id": "b3", "merged_into_account_id": "b1"},
        {"account_id": "b4", "merged_into_account_id": "b9"},
        {"account_id": "c1", "parent_account_id": "c1"},
    ],
    "plans.csv": [{"plan_id": "p1", "product_id": "x"}],
    "subscription_items.csv": [
        {
            "subscription_item_id": item,
            "subscription_id": item,
            "account_id": "a0",
            "plan_id": "p1",
            "unit_price": "100",
            "billing_interval": "month",
            "status": "active",
            "valid_from": "2024-05-01",
            "valid_to": valid_to,
        }
        for item, valid_to in (("i1", ""), ("i2", "2024-04-01"))
    ],
    "kpi_targets.csv": [
        {"kpi_id": kpi, "effective_month": "2024-01-01", "target_value": value}
        for kpi, value in (
            ("nrr_rate", "1.1"),
            ("grr_rate", "95"),
            ("customer_churn_rate", "1.5"),
            ("mrrr", "1"),
        )
    ],
    "product_events/1.csv": [
        {
            "event_id": f"e{day}",
            "account_id": "a0",
            "event_name": "open",
            "occurred_at": f"2024-06-{day:02}T10:00",
            "event_count": str(count),
        }
        for day, count in ((1, 200), (8, 200), (15, 200), (22, 200), (29, 40))
    ],
    "product_events/2.csv": [
        {
            "event_id": "e30",
            "account_id": "a0",
            "event_name": "open",
            "occurred_at": "2024-06-30T10:00",
            "event_count": "1",
        }
    ],
    "support_tickets.csv": [{"ticket_id": "t1", "account_id": "a0", "opened_at": "2024-05-25T09:00"}],
    "survey_responses.csv": [
        {
            "response_id": "r1",
            "account_id": "a0",
            "survey_kind": "nps",
            "score": "9",
            "responded_at": "2023-01-01",
        }
    ],
}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    found = Night(tmp_path_factory.mktemp("inputs"), targets=MARTS)
    found.run(FILES, AS_OF)
    return found


@pytest.fixture
def build(night: Night) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(night.folder / "build" / "cs_kpi.duckdb"), read_only=True) as connection:
        yield connection


def test_each_input_has_a_status(build: duckdb.DuckDBPyConnection) -> None:
    rows = build.execute(
        "select table_name, status, days_late, rows_last_day, usual_rows_last_day from marts.input_freshness"
    ).fetchall()
    statuses = {name: rest for name, *rest in rows}
    assert statuses["product_events"] == ["low_volume", 0, 40, 200.0]
    assert statuses["support_tickets"] == ["late", 5, 0, None]
    assert statuses["survey_responses"][:2] == ["silent", 454]
    assert statuses["accounts"][0] == "not_judged"
    assert statuses["users"][0] == "not_supplied"
    assert statuses["subscription_items"][0] == "fresh"


def test_each_contradiction_is_listed(build: duckdb.DuckDBPyConnection) -> None:
    rows = build.execute("select table_name, kind, column_name, row_key from marts.input_warnings").fetchall()
    targets = "all|all|2024-01-01"
    assert sorted(rows) == sorted(
        [
            *(
                ("accounts", "several_spellings", "country", name)
                for name in ("JP", "Japan", "日本", "jpn", "JAPAN")
            ),
            ("accounts", "circle", "merged_into_account_id", "b1"),
            ("accounts", "circle", "merged_into_account_id", "b2"),
            ("accounts", "circle", "parent_account_id", "c1"),
            ("accounts", "unknown_reference", "merged_into_account_id", "b4"),
            ("kpi_targets", "out_of_scale", "target_value", f"grr_rate|{targets}"),
            ("kpi_targets", "out_of_scale", "target_value", f"customer_churn_rate|{targets}"),
            ("kpi_targets", "unknown_kpi", "kpi_id", f"mrrr|{targets}"),
            ("subscription_items", "ends_before_it_begins", "valid_to", "i2|2024-05-01 00:00:00"),
        ]
    )


def test_each_fact_is_a_sentence(build: duckdb.DuckDBPyConnection) -> None:
    sentences = input_notices(build)
    assert sentences[0] == (
        "Silent: survey_responses has no record since 2023-01-01, 454 days over what input_expectations "
        "allows. What rests on it: NPS and CSAT: no answer is seen from then on."
    )
    assert sentences[1].startswith("Late: support_tickets has no record since 2024-05-25, 5 days over")
    assert sentences[2] == (
        "Few rows: product_events has 40 of the day before the as-of date; 200 are usual on that weekday."
    )
    assert any(
        sentence.startswith(
            "Contradiction: 2 of accounts (circle, merged_into_account_id), such as b1, b2: b1 leads back"
        )
        for sentence in sentences
    )


def test_an_input_is_late_by_the_clock_where_nothing_is_built(build: duckdb.DuckDBPyConnection) -> None:
    assert late_by_today(build, RELEASE, AS_OF) == []
    assert late_by_today(build, RELEASE, dt.date(2024, 7, 4)) == []
    (said,) = late_by_today(build, RELEASE, dt.date(2024, 7, 5))
    assert said == (
        "Late by today's date (2024-07-05): product_events (newest 2024-06-30, next expected by 2024-07-03). "
        "Check that these sources still deliver."
    )


def test_dbt_judges_the_freshness_of_landed_tables(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT_DIR)
    dbt = replace(parsed(), warehouse_dir=night.folder)
    arguments = ["source", "freshness", "--target", "duckdb", "--target-path", str(dbt.target_dir)]
    dbtRunner().invoke([*arguments, "--vars", json.dumps({"warehouse_dir": str(night.folder)})])
    results = json.loads((dbt.target_dir / "sources.json").read_text(encoding="utf-8"))["results"]
    found = {result["unique_id"].split(".")[-1]: result for result in results}
    assert found.keys() == read_expectations().keys()
    assert found["product_events"]["max_loaded_at"].startswith("2024-06-30T10:00")
    assert found["product_events"]["status"] == "error"
    assert found["usage_gauges"]["status"] == "pass", "a table that was not supplied is not late"


def test_expectations_are_of_dated_tables_of_the_contract() -> None:
    dated = {table.name for table in read_contract().tables if table.newest_by != "recorded_at"}
    assert read_expectations().keys() <= dated


def test_keys_that_the_last_run_had_are_missed(tmp_path: Path) -> None:
    night = Night(tmp_path, targets=MARTS)
    night.run(FILES, AS_OF)
    fewer = {name: rows for name, rows in FILES.items() if name != "product_events/2.csv"}
    night.run({**fewer, "accounts.csv": FILES["accounts.csv"][:-1]}, AS_OF)
    with duckdb.connect(str(tmp_path / "build" / "cs_kpi.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select table_name, keys_vanished, vanished_key from marts.load_report "
            "where keys_vanished is distinct from 0 order by table_name"
        ).fetchall()
        assert rows == [("accounts", 1, "c1"), ("product_events", 1, "e30")]
        assert "Gone since the last run: 1 key of accounts, such as c1." in input_notices(connection)
