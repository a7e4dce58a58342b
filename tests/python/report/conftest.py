"""The report of the worked example, as a run wrote it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from orchestration.release.releases import open_marts, published_release
from orchestration.report import write_report
from orchestration.report.figures import Marts
from orchestration.report.site import Origin

from ..support.commands import CommandRun


@pytest.fixture(scope="session")
def reports(example_run: CommandRun) -> Path:
    """The folder of the published report."""
    return example_run.warehouse_dir / "published" / "reports"


@pytest.fixture
def marts(example_run: CommandRun) -> Generator[Marts]:
    """The marts of the worked example, of which nothing was read yet."""
    release = published_release(example_run.warehouse_dir)
    assert release
    with open_marts(example_run.warehouse_dir / "published") as connection:
        yield Marts(connection, release.as_of_date, release.as_of_date.replace(day=1))


@pytest.fixture(scope="session")
def example_marts(example_run: CommandRun) -> Generator[Marts]:
    """The marts of the worked example for what several tests share."""
    release = published_release(example_run.warehouse_dir)
    assert release
    with open_marts(example_run.warehouse_dir / "published") as connection:
        yield Marts(connection, release.as_of_date, release.as_of_date.replace(day=1))


@pytest.fixture(scope="session")
def empty_report(example_marts: Marts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the report of a company of which there is nothing: the same marts without rows."""
    folder = tmp_path_factory.mktemp("empty")
    with copied_marts(example_marts, rows="limit 0") as connection:
        write_report(connection, Origin(example_marts.as_of, "JPY"), folder)
    return folder


@pytest.fixture(scope="session")
def large_report(example_marts: Marts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the report of 30,000 customers, whom 30 CSMs look after, and some nobody."""
    folder = tmp_path_factory.mktemp("large")
    with copied_marts(example_marts) as connection:
        connection.execute(
            f"""
            create table many as
            select
                i, 'A' || lpad(i::varchar, 6, '0') as account_id, 'Customer ' || i as account_name,
                case when i % 31 < 30 then 'M' || lpad((i % 31)::varchar, 3, '0') end as csm_id
            from range({LARGE_ACCOUNTS}) as accounts(i)
            """
        )
        for name, sort in MANY.items():
            connection.execute(
                f"""
                create table marts.many_rows as
                select template.* replace ({", ".join(sort)})
                from (from marts.{name} where account_id is not null order by all limit 1) as template
                cross join many
                """
            )
            connection.execute(f"drop table marts.{name}; alter table marts.many_rows rename to {name}")
        # The mart holds the first customers of each CSM alone.
        connection.execute("delete from marts.csm_work_lists where position > 50")
        write_report(connection, Origin(example_marts.as_of, "JPY"), folder)
    return folder


LARGE_ACCOUNTS = 30_000
_ACCOUNT = ("many.account_id as account_id",)
_OF_CSM = (*_ACCOUNT, "many.csm_id as csm_id", "many.account_name as account_name")
# Marts with rows of accounts that pages show, and what tells the rows apart.
MANY = {
    "account_360": (*_OF_CSM, "many.i % 9000 + 1000 as mrr"),
    "account_health_scores": (*_ACCOUNT,),
    "csm_work_items": (*_OF_CSM,),
    "csm_work_lists": (*_OF_CSM, "many.i // 31 + 1 as position"),
    "fct_contract_renewals": (*_ACCOUNT, "'C' || many.i as contract_id"),
}


@contextmanager
def copied_marts(marts: Marts, rows: str = "") -> Generator[duckdb.DuckDBPyConnection]:
    """A database of its own with copies of all marts, or with `rows` (such as limit 0) a part of each."""
    names = [row["name"] for row in marts.rows("select table_name as name from duckdb_tables()")]
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        for name in names:
            connection.register(
                "copied", marts.connection.execute(f"from marts.{name} {rows}").to_arrow_table()
            )
            connection.execute(f"create table marts.{name} as from copied")
        yield connection
