"""Scores go from the build database into it, both tables or none."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from orchestration.health.config import SEEDS, HealthConfigError
from orchestration.health.store import ScoreCounts, read_config, score
from orchestration.settings import PROJECT_DIR

MEASURES = """
    create table intermediate.int_account_measures (
        account_id varchar, as_of_date date, region varchar, lifecycle_stage varchar, tenure_days bigint,
        days_since_last_use double, active_days_28d double, usage_change_28d_rate double,
        usage_measured_on date, mrr_change_3m_rate double, contraction_90d_rate double,
        seat_change_90d_rate double, past_due_share double, average_discount_rate double
    )
"""
SCORES = """
    create table health.account_scores (
        account_id varchar, as_of_date date, score double, health_band varchar, coverage double,
        adoption_score double, maturity_score double, engagement_score double, sentiment_score double,
        support_score double, commercial_score double, score_change_30d double, main_reason varchar,
        next_best_action varchar, lifecycle_stage varchar, config_version varchar
    )
"""
CONTRIBUTIONS = """
    create table health.account_contributions (
        account_id varchar, as_of_date date, measure_id varchar, axis varchar, raw_value double,
        normalised_value double, weight double, contribution double, points_lost double, is_used boolean,
        reason_not_used varchar
    )
"""
MAY = dt.date(2024, 5, 31)


@pytest.fixture
def build() -> duckdb.DuckDBPyConnection:
    """A build database with the shipped seeds and three customers: well used, idle, and without any use."""
    connection = duckdb.connect()
    connection.execute("create schema seeds; create schema intermediate; create schema health")
    for seed in SEEDS:
        connection.execute(
            f"create table seeds.{seed} as from read_csv(?)", [str(PROJECT_DIR / f"seeds/{seed}.csv")]
        )
    for table in (MEASURES, SCORES, CONTRIBUTIONS):
        connection.execute(table)
    connection.executemany(
        f"insert into intermediate.int_account_measures values ({', '.join('?' * 14)})",
        [
            ["used", MAY, None, "established", 500, 0, 15, 0.2, MAY, 0.1, 0, 0, 0, 0],
            ["idle", MAY, None, "established", 500, 60, 0, -1, MAY, -0.3, 0.4, -0.3, 0.5, 0.2],
            ["billing_only", MAY, None, "established", 500, None, None, None, None, 0, 0, 0, 0, 0],
            ["new_and_billing_only", MAY, None, "onboarding", 20, None, None, None, None, None, 0, 0, 0, 0],
        ],
    )
    return connection


def bands(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(connection.sql("select account_id, health_band from health.account_scores").fetchall())


def test_scores_and_contributions_are_written(build: duckdb.DuckDBPyConnection) -> None:
    counts = score(build)
    assert counts == ScoreCounts(
        accounts=4,
        as_of_dates=1,
        scores=4,
        unknown=1,
        contributions=4 * 8,
        config_version=read_config(build).version,
    )
    assert bands(build)["used"] == "green"
    assert bands(build)["idle"] == "red"


def test_billing_alone_gives_low_coverage_or_no_score(build: duckdb.DuckDBPyConnection) -> None:
    score(build)
    found = build.sql(
        "select score, coverage from health.account_scores where account_id like '%billing_only' order by 2"
    ).fetchall()
    assert found[0][0] is None
    assert found[1][0] not in (None, 50)
    assert found[1][1] == 0.4


def test_a_second_run_replaces_the_first(build: duckdb.DuckDBPyConnection) -> None:
    score(build)
    first = build.sql("from health.account_contributions order by all").fetchall()
    score(build)
    assert build.sql("from health.account_contributions order by all").fetchall() == first
    build.execute("delete from intermediate.int_account_measures where account_id = 'idle'")
    score(build)
    assert "idle" not in bands(build)


def test_without_any_customer_there_are_no_scores(build: duckdb.DuckDBPyConnection) -> None:
    build.execute("delete from intermediate.int_account_measures")
    assert score(build).scores == 0


def test_a_failure_leaves_the_scores_as_they_were(build: duckdb.DuckDBPyConnection) -> None:
    score(build)
    before = bands(build)
    build.execute("delete from intermediate.int_account_measures where account_id = 'idle'")
    build.execute("drop table health.account_contributions")
    with pytest.raises(duckdb.CatalogException):
        score(build)
    assert bands(build) == before
    build.execute(CONTRIBUTIONS)
    assert score(build).scores == 3


def test_a_bad_seed_stops_before_anything_is_written(build: duckdb.DuckDBPyConnection) -> None:
    build.execute("update seeds.health_measures set source_column = 'logins' where measure_id = 'discount'")
    with pytest.raises(HealthConfigError, match="no column 'logins'"):
        score(build)
    assert bands(build) == {}
