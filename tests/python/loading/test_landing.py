"""What a load leaves in the build database, and what a load that stops leaves as it was."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from orchestration.loading import LastLoad, LoadError, inspect, land, open_build, read_contract
from orchestration.settings import PROJECT_DIR

from ..support.raw_folder import Folder

CONTRACT = read_contract()
ACCOUNTS = "select account_id, _file_name, _row_number from raw.accounts order by 2, 3"


def test_every_table_of_the_contract_is_there_where_only_the_required_are_supplied(
    folder: Folder,
) -> None:
    result = folder.land()
    assert [table.name for table in result.tables] == list(CONTRACT.table_names)
    assert {table.name: table.rows_read for table in result.tables if table.files} == {
        "accounts": 2,
        "plans": 1,
        "subscription_items": 1,
    }
    for table in CONTRACT.tables:
        described = folder.query(f"describe raw.{table.name}")
        assert [row[0] for row in described] == [*table.column_names, "_file_name", "_row_number"]
        assert {row[1] for row in described[:-1]} == {"VARCHAR"}
        assert described[-1][1] == "BIGINT"
    assert folder.query("select count(*) from raw.users") == [(0,)]


def test_the_settings_of_the_run_are_landed(folder: Folder) -> None:
    settings = folder.settings(as_of_date=dt.date(2024, 6, 30))
    with open_build(settings.build_path) as connection:
        land(settings, connection, "run-7")
    assert folder.query("select * exclude (today, loaded_at) from raw.settings") == [
        ("run-7", str(folder.raw_dir), "JPY", "Asia/Tokyo", dt.date(2024, 6, 30), None, 5)
    ]
    assert folder.query("select typeof(today), today is not null from raw.settings") == [("DATE", True)]


def test_files_that_were_inspected_are_not_inspected_again(folder: Folder) -> None:
    settings = folder.settings()
    inspection = inspect(settings)
    nowhere = replace(settings, raw_dir=None)
    with open_build(settings.build_path) as connection:
        with pytest.raises(LoadError, match="No raw folder is set"):
            land(nowhere, connection, "run-1")
        land(nowhere, connection, "run-2", inspection=inspection)
    assert folder.query("select count(*) from raw.accounts") == [(2,)]


def test_no_configured_as_of_date_is_null(folder: Folder) -> None:
    folder.land()
    assert folder.query("select configured_as_of_date from raw.settings") == [(None,)]


def test_what_was_read_is_landed_for_every_table(folder: Folder) -> None:
    folder.write("users/1.csv", "user_id,account_id,x\nu1,a1,\nu2,a1,\n")
    folder.write("users/2.csv", "user_id,account_id\nu3,a1\n")
    folder.land()
    assert folder.query("select count(*) from raw.loaded_tables") == [(26,)]
    assert folder.query(
        "select * exclude account_system from raw.loaded_tables "
        "where files > 0 or unknown_columns is not null"
    ) == [
        ("accounts", 1, 2, None),
        ("users", 2, 3, "x"),
        ("plans", 1, 1, None),
        ("subscription_items", 1, 1, None),
    ]


def test_files_that_belong_to_no_table_are_returned(folder: Folder) -> None:
    folder.write("note.txt", "")
    assert folder.land().ignored == ("note.txt",)


def test_a_later_load_replaces_an_earlier_one_in_any_format(folder: Folder) -> None:
    folder.land()
    accounts = folder.raw_dir / "accounts.csv"
    text = accounts.read_text()
    accounts.unlink()
    folder.write_parquet("accounts.parquet", "select 'b1' as account_id")
    folder.land()
    assert folder.query(ACCOUNTS) == [("b1", "accounts.parquet", 1)]
    (folder.raw_dir / "accounts.parquet").unlink()
    folder.write("accounts/1.jsonl", '{"account_id": "c1"}\n')
    folder.land()
    assert folder.query(ACCOUNTS) == [("c1", "accounts/1.jsonl", 1)]
    (folder.raw_dir / "accounts" / "1.jsonl").unlink()
    (folder.raw_dir / "accounts").rmdir()
    folder.write("accounts.csv", text)
    folder.land(run_id="run-4")
    assert folder.query(ACCOUNTS) == [("a1", "accounts.csv", 1), ("a2", "accounts.csv", 2)]
    assert folder.query("select run_id from raw.settings") == [("run-4",)]


def test_health_tables_are_added_once_and_kept(folder: Folder) -> None:
    folder.land()
    assert folder.query("select count(*) from health.account_contributions") == [(0,)]
    with open_build(folder.settings().build_path) as connection:
        connection.execute("insert into health.account_scores (account_id, score) values ('a1', 50)")
    folder.land()
    assert folder.query("select account_id, score from health.account_scores") == [("a1", 50.0)]


@pytest.mark.parametrize("rows", ['u1,"\n', "u1\n"], ids=["found while checking", "found while landing"])
def test_a_load_that_stops_leaves_the_last_one(folder: Folder, rows: str) -> None:
    folder.land()
    folder.write("accounts.csv", "account_id\nchanged\n")
    folder.write("users.csv", f"user_id,account_id\n{rows}")
    folder.refused()
    assert folder.query(ACCOUNTS) == [("a1", "accounts.csv", 1), ("a2", "accounts.csv", 2)]
    (folder.raw_dir / "users.csv").unlink()
    folder.land()
    assert folder.query(ACCOUNTS) == [("changed", "accounts.csv", 1)]


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
from orchestration.loading import land, landing, open_build
from orchestration.settings import Settings

def kill(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(landing, sys.argv[2], kill)
root = Path(sys.argv[1])
settings = Settings(
    raw_dir=root / "raw",
    warehouse_dir=root / "warehouse",
    as_of_date=None,
    reporting_currency="JPY",
    reporting_timezone="Asia/Tokyo",
    csv_encoding="utf-8",
    dbt_target="duckdb",
)
with open_build(settings.build_path) as connection:
    land(settings, connection, "killed")
"""


@pytest.mark.parametrize("moment", ["_write_report", "_create_computed_tables"])
def test_a_load_that_is_killed_leaves_the_last_one(folder: Folder, moment: str) -> None:
    folder.land()
    # Enough rows for DuckDB to write some of them to its file before the transaction ends.
    folder.write("accounts.csv", "account_id\n" + "".join(f"b{row}\n" for row in range(150_000)))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_RUN, str(folder.root), moment], cwd=PROJECT_DIR, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert folder.query(ACCOUNTS) == [("a1", "accounts.csv", 1), ("a2", "accounts.csv", 2)]
    assert folder.query("select run_id from raw.settings") == [("run-1",)]
    folder.land()
    assert folder.query("select count(*), max(_row_number) from raw.accounts") == [(150_000, 150_000)]


HOLDER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def test_a_database_that_another_process_holds_stops_and_names_it(folder: Folder) -> None:
    folder.land()
    path = folder.settings().build_path
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        message = folder.refused()
        holder.communicate()
    assert f"{path} is open in another process" in message
    assert f"process id {holder.pid}" in message
    assert "then run again" in message


def test_a_file_that_is_no_database_stops(folder: Folder) -> None:
    path = folder.settings().build_path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database" * 1000)
    message = folder.refused()
    assert str(path) in message
    assert "delete it" in message


def test_the_build_database_is_opened_in_utc_and_fetches_no_extension(folder: Folder) -> None:
    with open_build(folder.settings().build_path) as connection:
        assert connection.execute(
            "select current_setting('TimeZone'), current_setting('autoinstall_known_extensions')"
        ).fetchone() == ("UTC", False)


def test_a_stop_is_a_value_error() -> None:
    assert issubclass(LoadError, ValueError)


def test_only_files_that_changed_are_read_again(folder: Folder) -> None:
    header = "event_id,account_id,event_name,occurred_at\n"
    folder.write("product_events/1.csv", f"{header}e1,a1,login,2024-01-01\n")
    folder.write("product_events/2.csv", f"{header}e2,a1,login,2024-01-02\ne3,a1,login,2024-01-02\n")
    folder.write("product_events/3.csv", f"{header}e4,a1,login,2024-01-03\n")
    folder.land()
    # A file that is said to be unchanged is not opened.
    folder.write("product_events/1.csv", "not a header of this table\n")
    folder.write("product_events/2.csv", f"{header}e2,a1,login,2024-01-05\n")
    (folder.raw_dir / "product_events/3.csv").unlink()
    folder.write("product_events/4.csv", f"{header}e5,a1,login,2024-01-04\n")
    unchanged = {"product_events/1.csv", "accounts.csv", "plans.csv", "subscription_items.csv"}
    with open_build(folder.settings().build_path) as connection:
        before = LastLoad(dt.date(2024, 1, 3), unchanged)
        inspection = inspect(folder.settings(), before=before)
        result = land(folder.settings(), connection, "run-2", inspection=inspection)
    assert folder.query("select event_id, _file_name from raw.product_events order by 1") == [
        ("e1", "product_events/1.csv"),
        ("e2", "product_events/2.csv"),
        ("e5", "product_events/4.csv"),
    ]
    assert {table.name: table.rows_read for table in result.tables}["product_events"] == 3
    assert folder.query("select * from raw.changed_files order by all") == [
        ("product_events", "product_events/2.csv"),
        ("product_events", "product_events/3.csv"),
        ("product_events", "product_events/4.csv"),
    ]
    assert folder.query("select last_as_of_date from raw.settings") == [(dt.date(2024, 1, 3),)]


def test_new_links_of_accounts_touch_every_file_whose_accounts_they_may_be(folder: Folder) -> None:
    header = "event_id,account_id,event_name,occurred_at\n"
    folder.write("product_events/1.csv", f"{header}e1,s1,login,2024-01-01\n")
    folder.write("mapping.yml", "tables: {product_events: {account_system: segment}}")
    folder.write("account_links.csv", "system,source_id,account_id\nsegment,s1,a1\n")
    folder.land()
    assert folder.query(
        "select account_system from raw.loaded_tables where table_name = 'product_events'"
    ) == [("segment",)]
    others = {"accounts.csv", "plans.csv", "subscription_items.csv", "product_events/1.csv"}
    for unchanged, changed in (
        (others, [("product_events", "product_events/1.csv")]),
        ({*others, "account_links.csv"}, []),
    ):
        inspection = inspect(folder.settings(), before=LastLoad(dt.date(2024, 1, 3), unchanged))
        with open_build(folder.settings().build_path) as connection:
            land(folder.settings(), connection, "run-2", inspection=inspection)
        assert folder.query("select * from raw.changed_files") == changed


def test_a_table_delivered_in_another_format_is_read_again(folder: Folder) -> None:
    folder.write("users.csv", "user_id,account_id\nu1,a1\n")
    folder.land()
    (folder.raw_dir / "users.csv").unlink()
    folder.write_parquet("users.parquet", "select 'u2' as user_id, 'a1' as account_id")
    unchanged = {"accounts.csv", "plans.csv", "subscription_items.csv"}
    inspection = inspect(folder.settings(), before=LastLoad(dt.date(2024, 1, 3), unchanged))
    with open_build(folder.settings().build_path) as connection:
        land(folder.settings(), connection, "run-2", inspection=inspection)
    assert folder.query("select user_id, _file_name from raw.users") == [("u2", "users.parquet")]
    assert folder.query("select * from raw.changed_files") == []
