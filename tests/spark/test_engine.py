"""What a run asks of Spark besides dbt: rows, computed tables, and releases that readers see as views."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator
from pathlib import Path

import pytest

from orchestration.computed import computed_tables
from orchestration.engines import SparkEngine
from orchestration.engines.spark import show_history
from orchestration.engines.spark_marts import BUILT
from orchestration.engines.spark_session import Session, SparkError, open_session
from orchestration.errors import WarehouseError
from orchestration.release.releases import MartText, Origin, Release, published_release

TODAY = dt.date(2024, 6, 30)
TEXTS = {"rates": MartText("Rates, as people's \\ words. One row per month.", {"rate": "Won't exceed 1."})}


def a_release(release_id: str) -> Release:
    return Release(release_id, "run", TODAY, Origin("raw", "USD", "UTC", "account"))


@pytest.fixture
def built(session: Session) -> Generator[None]:
    """Two marts that were built and not published yet."""
    session.sql(f"create schema if not exists {BUILT}")
    session.sql(f"create table {BUILT}.rates as select date '2024-06-01' as month_start, 0.5D as rate")
    session.sql(f"create table {BUILT}.accounts as select 'A' as account_id union all select 'B'")
    session.sql("create or replace temporary view left_by_a_test as select 1 as number")
    yield
    session.sql(f"drop schema {BUILT} cascade")


@pytest.mark.usefixtures("built")
def test_views_show_the_last_release_and_nothing_else(engine: SparkEngine, session: Session) -> None:
    first = engine.publish(a_release("r1"), TEXTS)
    assert first.marts == {"accounts": 2, "rates": 1}
    assert engine.rows("select * from marts.rates") == [{"month_start": dt.date(2024, 6, 1), "rate": 0.5}]

    session.sql(f"insert into {BUILT}.rates values (date '2024-07-01', 0.6D)")
    session.sql(f"drop table {BUILT}.accounts")
    assert len(engine.rows("select * from marts.rates")) == 1, "readers wait for the release"
    second = engine.publish(a_release("r2"), TEXTS)
    assert len(engine.rows("select * from marts.rates")) == 2
    shown = [row["tableName"] for row in engine.rows("show tables in marts") if not row["isTemporary"]]
    assert shown == ["rates"]
    assert published_release(engine.settings.warehouse_dir) == second


@pytest.mark.usefixtures("built")
def test_views_carry_the_descriptions(engine: SparkEngine) -> None:
    engine.publish(a_release("r3"), TEXTS)
    said = {row["col_name"]: row for row in engine.rows("describe table extended marts.rates")}
    assert said["rate"]["comment"] == "Won't exceed 1."
    assert said["Comment"]["data_type"] == "Rates, as people's \\ words. One row per month."


@pytest.mark.usefixtures("built")
def test_a_run_begins_with_the_figures_that_the_last_release_published(
    engine: SparkEngine, session: Session
) -> None:
    session.sql("create schema if not exists history")
    version = f"select 'mrr' as kpi_id, 'r' as run_id, 1.5D as value, date '{TODAY}' as as_of_date"
    session.sql(f"create table {BUILT}.kpi_value_versions as {version}")
    for release_id, rows in (("r5", 1), ("r6", 2)):
        engine.publish(a_release(release_id), TEXTS)
        show_history(session, engine.settings.warehouse_dir)
        shown = engine.rows("select kpi_id, value, as_of_date, published_at from history.kpi_value_versions")
        assert shown == [{"kpi_id": "mrr", "value": 1.5, "as_of_date": TODAY, "published_at": None}] * rows
        assert engine.rows("select * from history.account_month_restatements") == []
        session.sql(f"insert into {BUILT}.kpi_value_versions {version}")


def test_nothing_built_is_nothing_published(engine: SparkEngine) -> None:
    with pytest.raises(WarehouseError, match="run the whole job `refresh` first"):
        engine.publish(a_release("r4"), {})


def test_saved_rows_replace_those_before(engine: SparkEngine, session: Session) -> None:
    table = "health.account_scores"
    session.sql("create schema if not exists health")
    session.sql(f"create table {table} ({computed_tables()[table].definition}) using parquet")
    engine.save(table, [{"account_id": "A", "as_of_date": TODAY, "score": 1.5}, {"account_id": "B"}])
    engine.save(table, [{"account_id": "C", "as_of_date": TODAY, "score": 2.5}])
    (row,) = engine.rows(f"select account_id, as_of_date, score, health_band from {table}")
    assert row == {"account_id": "C", "as_of_date": TODAY, "score": 2.5, "health_band": None}
    engine.save(table, [])
    assert engine.rows(f"select * from {table}") == []


@pytest.mark.usefixtures("session")
def test_a_process_has_one_warehouse(tmp_path: Path) -> None:
    with pytest.raises(SparkError, match="This process already uses another warehouse on Spark"):
        open_session(tmp_path)
