"""The last day is taken apart so that a run can be given it as a night would bring it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from benchmarks.run_costs.companies import Company, add_files, simulated_company
from simulator import SimulatorConfig

from ..support.simulated import CONTRACT, files_of

CONFIG = SimulatorConfig(accounts=60, months=13, events=4_000, seed=3)
LAST_DAY = dt.date(2025, 12, 31)
# Tables of which some rows end on the last day.
ENDING = {"users", "subscription_items", "support_tickets", "contracts", "opportunities", "customer_goals"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def company(folder: Path) -> Company:
    return simulated_company("tiny", CONFIG, folder)


@pytest.fixture
def raw_dir(company: Company, tmp_path: Path) -> Path:
    """The raw folder once the last day has arrived."""
    raw_dir = company.begin(tmp_path)
    add_files(company.deliveries["one more day"], raw_dir)
    return raw_dir


def rows(sql: str) -> list[tuple[object, ...]]:
    return duckdb.sql(sql).fetchall()


def test_no_event_of_the_last_day_is_there_before_it(company: Company) -> None:
    events = f"read_parquet('{files_of(company.raw_dir, 'product_events')}')"
    assert rows(f"select max(occurred_at)::date from {events}") == [(dt.date(2025, 12, 30),)]
    for table in ("subscription_items", "support_tickets", "users"):
        recorded = f"read_parquet('{files_of(company.raw_dir, table)}')"
        (newest,) = rows(f"select max(recorded_at)::date from {recorded}")[0]
        assert isinstance(newest, dt.date)
        assert newest < LAST_DAY


def test_the_last_day_arrives_in_new_files(company: Company) -> None:
    before = {path.relative_to(company.raw_dir) for path in company.raw_dir.rglob("*.parquet")}
    delivery = company.deliveries["one more day"]
    arriving = {path.relative_to(delivery) for path in delivery.rglob("*.parquet")}
    assert Path("product_events/2025-12-31.parquet") in arriving
    assert before.isdisjoint(arriving)


@pytest.mark.parametrize("table", CONTRACT)
def test_with_it_every_row_is_there_once(folder: Path, raw_dir: Path, table: str) -> None:
    simulated = f"select * from read_parquet('{files_of(folder / 'company' / 'raw', table)}')"
    arrived = f"select * from read_parquet('{files_of(raw_dir, table)}')"
    assert rows(f"({simulated}) except all ({arrived})") == []
    earlier_versions = rows(f"({arrived}) except all ({simulated})")
    assert not earlier_versions or table in ENDING


def test_what_ends_on_the_last_day_has_no_end_before_it(company: Company, folder: Path) -> None:
    simulated = f"read_parquet('{files_of(folder / 'company' / 'raw', 'users')}')"
    before = f"read_parquet('{files_of(company.raw_dir, 'users')}')"
    ending = (
        f"select user_id from {simulated} "
        "where deactivated_at >= date '2025-12-31' and created_at < date '2025-12-31'"
    )
    assert rows(f"select count(*) > 0 from ({ending})") == [(True,)]
    found = rows(f"select distinct deactivated_at from {before} where user_id in ({ending})")
    assert found == [(None,)]


def test_one_late_row_is_an_event_of_a_year_ago(company: Company) -> None:
    late = f"read_parquet('{company.deliveries['one late row']}/product_events/*.parquet')"
    ((event_id, occurred_at),) = rows(f"select event_id, occurred_at from {late}")
    assert event_id == "late-event"
    assert isinstance(occurred_at, dt.datetime)
    assert abs(occurred_at.date() - dt.date(2024, 12, 31)) < dt.timedelta(days=7)


def test_rows_of_all_files_are_counted(company: Company, raw_dir: Path) -> None:
    add_files(company.deliveries["one late row"], raw_dir)
    counted = rows(f"select sum(num_rows)::bigint from parquet_file_metadata('{raw_dir}/**/*.parquet')")
    assert counted == [(company.rows,)]


def test_what_is_there_is_not_simulated_again(company: Company, folder: Path) -> None:
    mark = folder / "company" / "simulation.json"
    before = mark.stat().st_mtime_ns
    assert simulated_company("tiny", CONFIG, folder) == company
    assert mark.stat().st_mtime_ns == before
