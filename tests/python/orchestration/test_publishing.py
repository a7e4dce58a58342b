"""Releases: what readers see before, while and after one is published."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.engines.duckdb_marts import check_marts, publish, write_marts
from orchestration.errors import WarehouseError
from orchestration.release.publishing import publish_written
from orchestration.release.releases import (
    MartText,
    Origin,
    Release,
    published_release,
    refuse_other_origin,
    release_id,
)
from orchestration.settings import PROJECT_DIR

ORIGIN = Origin("/data/raw", "USD", "UTC", "account")


def a_release(name: str, as_of_date: dt.date = dt.date(2024, 6, 30)) -> Release:
    return Release(name, f"run-{name}", as_of_date, ORIGIN)


def build(warehouse_dir: Path, value: int) -> Path:
    """A build database with one mart table, one mart view, and a schema that is not published."""
    path = warehouse_dir / "build" / "cs_kpi.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema if not exists marts; create schema if not exists staging")
        connection.execute("create or replace table staging.stg_accounts as select 1 as account_id")
        connection.execute(
            "create or replace table marts.kpi_months as "
            f"select month::date as month_start, {value}::decimal(18, 4) as mrr "
            "from range(date '2024-01-01', date '2024-07-01', interval 1 month) months (month) "
            "order by month desc"
        )
        connection.execute("create or replace view marts.dim_accounts as from cs_kpi.staging.stg_accounts")
    return path


def publish_value(warehouse_dir: Path, name: str, value: int) -> Release:
    return publish(build(warehouse_dir, value), warehouse_dir, a_release(name))


def seen(warehouse_dir: Path) -> int:
    """The value that a reader who opens the published database now sees."""
    path = warehouse_dir / "published" / "cs_kpi.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return int(connection.sql("select max(mrr) from marts.kpi_months").fetchall()[0][0])


def releases(warehouse_dir: Path) -> list[str]:
    return sorted(path.name for path in (warehouse_dir / "releases").iterdir())


def test_a_release_holds_the_marts_alone_in_the_order_they_were_built(tmp_path: Path) -> None:
    publish_value(tmp_path, "r1", 5)
    with duckdb.connect(str(tmp_path / "published" / "cs_kpi.duckdb"), read_only=True) as connection:
        assert connection.sql(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall() == [
            ("marts", "dim_accounts"),
            ("marts", "kpi_months"),
        ]
        months = connection.sql("select month_start, mrr from marts.kpi_months").fetchall()
        assert [month for month, _ in months] == sorted((month for month, _ in months), reverse=True)
        types = connection.sql("describe marts.kpi_months").fetchall()
        assert [(name, kind) for name, kind, *_ in types] == [
            ("month_start", "DATE"),
            ("mrr", "DECIMAL(18,4)"),
        ]


def test_older_duckdb_clients_can_open_a_release(tmp_path: Path) -> None:
    publish_value(tmp_path, "r1", 5)
    with duckdb.connect(str(tmp_path / "published" / "cs_kpi.duckdb"), read_only=True) as connection:
        (tags,) = connection.sql("select tags from duckdb_databases() where not internal").fetchall()[0]
    assert tags["storage_version"].startswith("v1.0.0")


def test_each_mart_is_a_parquet_file_too(tmp_path: Path) -> None:
    publish_value(tmp_path, "r1", 5)
    folder = tmp_path / "published" / "marts"
    assert sorted(path.name for path in folder.iterdir()) == ["dim_accounts.parquet", "kpi_months.parquet"]
    rows = duckdb.sql(f"select count(*), max(mrr) from '{folder}/kpi_months.parquet'").fetchall()
    assert [(count, int(value)) for count, value in rows] == [(6, 5)]


def test_readers_find_the_descriptions(tmp_path: Path) -> None:
    texts = {
        "kpi_months": MartText("One row per month's close.", {"mrr": "in USD", "gone": "no such column"})
    }
    publish(build(tmp_path, 5), tmp_path, a_release("r1"), texts)
    with duckdb.connect(str(tmp_path / "published" / "cs_kpi.duckdb"), read_only=True) as connection:
        tables = dict(connection.sql("select table_name, comment from duckdb_tables()").fetchall())
        columns = dict(connection.sql("select column_name, comment from duckdb_columns()").fetchall())
    assert tables["kpi_months"] == "One row per month's close."
    assert columns["mrr"] == "in USD"


def test_the_manifest_says_what_was_published(tmp_path: Path) -> None:
    written = publish_value(tmp_path, "r1", 5)
    assert written.marts == {"dim_accounts": 1, "kpi_months": 6}
    assert published_release(tmp_path) == written
    content = json.loads((tmp_path / "published" / "release.json").read_text(encoding="utf-8"))
    assert content["as_of_date"] == "2024-06-30"
    assert content["origin"]["raw_dir"] == "/data/raw"


def test_the_link_is_relative_so_that_a_warehouse_can_be_moved(tmp_path: Path) -> None:
    publish_value(tmp_path / "here", "r1", 5)
    assert (tmp_path / "here" / "published").readlink() == Path("releases/r1")
    (tmp_path / "here").rename(tmp_path / "there")
    assert seen(tmp_path / "there") == 5


def test_a_reader_who_has_the_old_release_open_keeps_reading_it(tmp_path: Path) -> None:
    publish_value(tmp_path, "r1", 1)
    with duckdb.connect(str(tmp_path / "published" / "cs_kpi.duckdb"), read_only=True) as reader:
        for number in range(2, 7):
            publish_value(tmp_path, f"r{number}", number)
        assert reader.sql("select max(mrr)::int from marts.kpi_months").fetchall() == [(1,)]
    assert seen(tmp_path) == 6


def test_the_last_three_releases_are_kept(tmp_path: Path) -> None:
    for number in range(1, 6):
        publish_value(tmp_path, f"r{number}", number)
    assert releases(tmp_path) == ["r3", "r4", "r5"]


def test_the_published_release_is_kept_even_if_its_name_sorts_first(tmp_path: Path) -> None:
    for name in ("r7", "r8", "r9"):
        publish_value(tmp_path, name, 7)
    publish_value(tmp_path, "r1", 1)
    assert releases(tmp_path) == ["r1", "r8", "r9"]
    assert seen(tmp_path) == 1


def test_nothing_is_published_when_what_was_written_differs(tmp_path: Path) -> None:
    publish_value(tmp_path, "r1", 1)
    build_path = build(tmp_path, 2)

    def lose_a_row(folder: Path) -> dict[str, int]:
        return {name: rows + 1 for name, rows in write_marts(build_path, folder, {}).items()}

    with pytest.raises(WarehouseError, match=r"dim_accounts has 2 rows, but its database .* has 1"):
        publish_written(tmp_path, a_release("r2"), lose_a_row, check_marts)
    assert seen(tmp_path) == 1


def test_a_build_without_marts_is_not_published(tmp_path: Path) -> None:
    path = tmp_path / "build.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(WarehouseError, match="holds no marts"):
        publish(path, tmp_path, a_release("r1"))
    assert published_release(tmp_path) is None


def test_a_run_killed_at_any_step_of_publishing_leaves_a_whole_release(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.python.support.publishing_kills", str(tmp_path / "warehouse")],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    kills = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [kill["is_repaired"] for kill in kills] == [True] * len(kills)
    assert [kill["leftovers"] for kill in kills] == [[]] * len(kills)
    # The link is renamed once: readers see the old release up to then, and the new one from then on.
    switch = 1 + [kill["before"] for kill in kills].index("os.rename published")
    assert 10 < switch < len(kills)
    assert [kill["is_old"] for kill in kills] == [True] * switch + [False] * (len(kills) - switch)
    assert [kill["is_new"] for kill in kills] == [False] * switch + [True] * (len(kills) - switch)


@pytest.mark.parametrize(
    ("change", "as_of_date", "says"),
    [
        ({"raw_dir": "/other"}, None, r"the raw folder \(CSKPI_RAW_DIR\) was /data/raw and is now /other"),
        ({"reporting_currency": "JPY"}, None, "the currency .* was USD and is now JPY"),
        ({"reporting_timezone": "Asia/Tokyo"}, None, "the time zone .* was UTC and is now Asia/Tokyo"),
        ({"customer_level": "parent"}, None, "the customer level .* was account and is now parent"),
        ({}, dt.date(2024, 6, 29), "published as of 2024-06-30, this run is as of 2024-06-29"),
    ],
)
def test_a_warehouse_refuses_what_does_not_continue_it(
    change: dict[str, str], as_of_date: dt.date | None, says: str
) -> None:
    origin = dataclasses.replace(ORIGIN, **change)
    with pytest.raises(WarehouseError, match=f"{says}.*another CSKPI_WAREHOUSE_DIR.*make clean"):
        refuse_other_origin(a_release("r1"), origin, as_of_date, Path("/warehouse"))


@pytest.mark.parametrize("as_of_date", [None, dt.date(2024, 6, 30), dt.date(2024, 7, 1)])
def test_a_warehouse_takes_what_continues_it(as_of_date: dt.date | None) -> None:
    refuse_other_origin(a_release("r1"), ORIGIN, as_of_date, Path("/warehouse"))
    refuse_other_origin(None, ORIGIN, as_of_date, Path("/warehouse"))


def test_a_manifest_that_cannot_be_read_stops_the_run(tmp_path: Path) -> None:
    publish_value(tmp_path, "r1", 1)
    (tmp_path / "published" / "release.json").write_text("{", encoding="utf-8")
    with pytest.raises(WarehouseError, match=r"release\.json is not a release's manifest"):
        published_release(tmp_path)


def test_a_release_is_named_by_the_time_of_its_run() -> None:
    tokyo = dt.datetime(2024, 7, 1, 5, 0, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    assert release_id(tokyo, "0123456789") == "20240630T200000Z-01234567"


def test_an_unchanged_mart_shares_the_file_of_the_release_before(tmp_path: Path) -> None:
    publish_value(tmp_path, "r1", 5)
    publish_value(tmp_path, "r2", 6)
    first, second = (tmp_path / "releases" / release / "marts" for release in ("r1", "r2"))
    assert (first / "dim_accounts.parquet").samefile(second / "dim_accounts.parquet")
    assert not (first / "kpi_months.parquet").samefile(second / "kpi_months.parquet")
    publish_value(tmp_path, "r3", 6)
    publish_value(tmp_path, "r4", 6)
    assert not first.exists()
    rows = duckdb.sql(f"select max(mrr) from '{tmp_path}/published/marts/kpi_months.parquet'").fetchall()
    assert rows == [(6,)]


def build_days(warehouse_dir: Path, changed: str = "", columns: str = "", rows: int = 60_000) -> Path:
    """A build database with a mart of three months; a `changed` day has other values."""
    path = warehouse_dir / "build" / "cs_kpi.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(
            "create or replace table marts.fct_days as "
            "select number, day::date as day, date_trunc('month', day)::date as month_start, "
            f"case when day = nullif('{changed}', '')::date then 2 else 1 end as value {columns} from ("
            f"select number, date '2024-01-01' + (number % 91)::int as day from range({rows}) rows (number))"
        )
        connection.execute("create or replace table marts.empty as from marts.fct_days where false")
    return path


def publish_days(
    warehouse_dir: Path, name: str, changed: str = "", columns: str = "", rows: int = 60_000
) -> Release:
    build_path = build_days(warehouse_dir, changed, columns, rows)
    return publish(build_path, warehouse_dir, a_release(name), many_rows=50_000)


def rows_of(relation: str) -> list[tuple[object, ...]]:
    return duckdb.sql(f"from {relation} order by all").fetchall()


def days_in(warehouse_dir: Path, place: str) -> list[tuple[object, ...]]:
    """The rows of the mart in a build or published database, in order."""
    with duckdb.connect(str(warehouse_dir / place / "cs_kpi.duckdb"), read_only=True) as connection:
        return connection.sql("from marts.fct_days order by all").fetchall()


def test_a_large_mart_is_a_folder_of_a_file_per_month_that_reads_like_a_file(tmp_path: Path) -> None:
    publish_days(tmp_path, "r1")
    mart = tmp_path / "published" / "marts" / "fct_days.parquet"
    assert sorted(file.name for file in mart.iterdir()) == [
        "2024-01.parquet", "2024-02.parquet", "2024-03.parquet",
    ]  # fmt: skip
    built = days_in(tmp_path, "build")
    assert rows_of(f"'{mart}'") == rows_of(f"'{mart}/*.parquet'") == built


def test_a_night_writes_the_months_of_a_large_mart_that_changed(tmp_path: Path) -> None:
    for name, changed in [("r1", ""), ("r2", "2024-02-10"), ("r3", "2024-01-10"), ("r4", "")]:
        publish_days(tmp_path, name, changed)
        built = days_in(tmp_path, "build")
        assert days_in(tmp_path, "published") == built
        assert rows_of(f"'{tmp_path}/published/marts/fct_days.parquet'") == built
    first, last = (tmp_path / "releases" / name / "marts" / "fct_days.parquet" for name in ("r2", "r3"))
    shared = {file.name: file.samefile(last / file.name) for file in first.iterdir()}
    assert shared == {"2024-01.parquet": False, "2024-02.parquet": False, "2024-03.parquet": True}


def test_a_mart_with_another_column_is_written_again_though_it_is_empty(tmp_path: Path) -> None:
    publish_days(tmp_path, "r1")
    publish_days(tmp_path, "r2", columns=", 'a' as text")
    for name in ("fct_days", "empty"):
        published = f"'{tmp_path}/published/marts/{name}.parquet'"
        assert "text" in duckdb.sql(f"from {published}").columns
    assert days_in(tmp_path, "published") == days_in(tmp_path, "build")


def test_the_next_release_keeps_nothing_that_the_build_no_longer_has(tmp_path: Path) -> None:
    publish_days(tmp_path, "r1")
    with duckdb.connect(str(build_days(tmp_path))) as connection:
        connection.execute("drop table marts.empty")
    written = publish(tmp_path / "build" / "cs_kpi.duckdb", tmp_path, a_release("r2"))
    assert written.marts == {"fct_days": 60_000}
    assert [path.name for path in (tmp_path / "published" / "marts").iterdir()] == ["fct_days.parquet"]
    with duckdb.connect(str(tmp_path / "published" / "cs_kpi.duckdb"), read_only=True) as connection:
        assert connection.sql("select table_name from duckdb_tables()").fetchall() == [("fct_days",)]


def test_what_somebody_wrote_into_a_release_is_not_published_again(tmp_path: Path) -> None:
    publish_days(tmp_path, "r1")
    with duckdb.connect(str(tmp_path / "published" / "cs_kpi.duckdb")) as connection:
        connection.execute("update marts.fct_days set value = 9 where number = 0; create schema mine")
    publish_days(tmp_path, "r2")
    assert days_in(tmp_path, "published") == days_in(tmp_path, "build")
    with duckdb.connect(str(tmp_path / "published" / "cs_kpi.duckdb"), read_only=True) as connection:
        assert connection.sql("from duckdb_schemas() where schema_name = 'mine'").fetchall() == []


def test_a_database_that_has_grown_is_written_whole_by_the_next_run(tmp_path: Path) -> None:
    sizes = []
    for name, changed in [("r1", ""), ("r2", "2024-01-10"), ("r3", "2024-02-10")]:
        publish_days(tmp_path, name, changed, rows=600_000)
        sizes.append((tmp_path / "published" / "cs_kpi.duckdb").stat().st_size)
    whole, grown, again = sizes
    # A file has blocks of 256 KB, and may have one more than another of the same rows.
    assert grown > 1.5 * whole > again


def test_a_description_is_that_of_the_last_release(tmp_path: Path) -> None:
    for name, said in [("r1", "Days."), ("r2", "Days of use."), ("r3", "")]:
        texts = {"fct_days": MartText(said, {"value": said})}
        publish(build_days(tmp_path), tmp_path, a_release(name), texts)
        with duckdb.connect(str(tmp_path / "published" / "cs_kpi.duckdb"), read_only=True) as connection:
            tables = dict(connection.sql("select table_name, comment from duckdb_tables()").fetchall())
            columns = connection.sql(
                "select comment from duckdb_columns() where table_name = 'fct_days' and column_name = 'value'"
            ).fetchall()
        assert (tables["fct_days"], columns) == (said or None, [(said or None,)])
