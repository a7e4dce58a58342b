"""Scores go from the build database into it, both tables or none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.computed import COMPUTED_SCHEMAS, computed_tables
from orchestration.health.config import SEEDS, HealthConfigError
from orchestration.health.store import ScoreCounts, read_config, score
from orchestration.settings import PROJECT_DIR

MEASURED_ON = (
    "usage_measured_on",
    "gauges_measured_on",
    "nps_measured_on",
    "csat_measured_on",
    "review_measured_on",
)
RECORDED = (
    "is_usage_recorded",
    "is_user_usage_recorded",
    "is_notice_recorded",
    "is_nps_recorded",
    "is_past_due_recorded",
)
BILLING: dict[str, Any] = {
    "mrr_change_3m_rate": 0.0,
    "contraction_90d_rate": 0.0,
    "seat_change_90d_rate": 0.0,
    "past_due_share": 0.0,
}
SEEN: dict[str, Any] = {"notice_given": 0, "renewing_days_90d": 0, "issued_users": 20, "features_used_3m": 9}
USED: dict[str, Any] = SEEN | {
    "days_since_last_use": 0,
    "active_days_28d": 20,
    "use_rate_28d": 0.5,
    "use_rate_84d": 0.5,
    "nps_score_6m": 9,
}
IDLE: dict[str, Any] = SEEN | {
    "notice_given": 1,
    "renewing_days_90d": 365,
    "is_leaving": True,
    "days_since_last_use": 60,
    "active_days_28d": 0,
    "use_rate_28d": 0,
    "use_rate_84d": 0,
    "past_due_share": 1,
}
APRIL = dt.date(2024, 4, 30)
MAY = dt.date(2024, 5, 31)


def add(
    connection: duckdb.DuckDBPyConnection, account_id: str, day: dt.date = MAY, **measures: object
) -> None:
    """Add a measured account, established unless `measures` say otherwise."""
    row: dict[str, Any] = {
        "account_id": account_id,
        "as_of_date": day,
        "tenure_days": 500,
        "lifecycle_stage": "established",
        "is_leaving": False,
        # What billing says is recorded of every company, notice and use of this one.
        **dict.fromkeys(RECORDED, True),
    }
    row |= measures
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(
        f"insert into features.int_account_measures ({names}) values ({marks})", list(row.values())
    )


@pytest.fixture
def build() -> duckdb.DuckDBPyConnection:
    """A build database with the shipped seeds and four customers: used, idle, and two without any use."""
    connection = duckdb.connect()
    for schema in ("seeds", "features", *COMPUTED_SCHEMAS):
        connection.execute(f"create schema {schema}")
    for seed in SEEDS:
        connection.execute(
            f"create table seeds.{seed} as from read_csv(?)", [str(PROJECT_DIR / f"seeds/health/{seed}.csv")]
        )
    for table, written in computed_tables().items():
        connection.execute(f"create table {table} ({written.definition})")
    columns = connection.sql("select distinct source_column from seeds.health_measures").fetchall()
    numbers = ", ".join(f"{name} double" for (name,) in sorted(columns))
    days = ", ".join(f"{name} date" for name in MEASURED_ON)
    recorded = connection.sql(
        "select distinct recorded_column from seeds.health_measures where recorded_column is not null"
    ).fetchall()
    booleans = ", ".join(f"{name} boolean" for (name,) in sorted(recorded))
    connection.execute(
        "create table features.int_account_measures (account_id varchar, as_of_date date, "
        "region varchar, lifecycle_stage varchar, tenure_days bigint, is_leaving boolean, "
        f"{numbers}, {days}, {booleans})"
    )
    seen: dict[str, Any] = {"usage_measured_on": MAY, "nps_measured_on": MAY}
    add(connection, "used", **(BILLING | USED | seen))
    add(connection, "idle", **(BILLING | IDLE | seen))
    add(connection, "billing_only", **BILLING)
    add(connection, "new_and_billing_only", tenure_days=20, lifecycle_stage="onboarding", past_due_share=0)
    return connection


def bands(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(connection.sql("select account_id, health_band from health.account_scores").fetchall())


def test_scores_and_contributions_are_written(build: duckdb.DuckDBPyConnection) -> None:
    counts = score(build)
    assert counts == ScoreCounts(
        accounts=4,
        as_of_dates=1,
        scores=4,
        unknown=2,
        contributions=4 * len(read_config(build).measures),
        config_version=read_config(build).version,
    )
    assert bands(build)["used"] == "green"
    assert bands(build)["idle"] == "red"


def test_billing_alone_gives_low_coverage_or_no_score(build: duckdb.DuckDBPyConnection) -> None:
    score(build)
    found = build.sql(
        "select score, coverage, health_band from health.account_scores where account_id like '%billing_only'"
    ).fetchall()
    assert len(found) == 2
    for value, coverage, band in found:
        assert value is None
        assert 0 < coverage < 0.3
        assert band == "unknown"


def test_a_second_run_replaces_the_first(build: duckdb.DuckDBPyConnection) -> None:
    score(build)
    first = build.sql("from health.account_contributions order by all").fetchall()
    score(build)
    assert build.sql("from health.account_contributions order by all").fetchall() == first
    build.execute("delete from features.int_account_measures where account_id = 'idle'")
    score(build)
    assert "idle" not in bands(build)


def test_without_any_customer_there_are_no_scores(build: duckdb.DuckDBPyConnection) -> None:
    build.execute("delete from features.int_account_measures")
    assert score(build).scores == 0


def test_a_failure_leaves_the_scores_as_they_were(build: duckdb.DuckDBPyConnection) -> None:
    score(build)
    before = bands(build)
    build.execute("delete from features.int_account_measures where account_id = 'idle'")
    build.execute("drop table health.account_contributions")
    with pytest.raises(duckdb.CatalogException):
        score(build)
    assert bands(build) == before
    table = computed_tables()["health.account_contributions"]
    build.execute(f"create table {table.full_name} ({table.definition})")
    assert score(build).scores == 3


def test_a_bad_seed_stops_before_anything_is_written(build: duckdb.DuckDBPyConnection) -> None:
    build.execute("update seeds.health_measures set source_column = 'logins' where measure_id = 'discount'")
    with pytest.raises(HealthConfigError, match="no column 'logins'"):
        score(build)
    assert bands(build) == {}


def publish_history(connection: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    """What a release would hold of the scores of past dates."""
    path = folder / "account_health_history.parquet"
    connection.sql("from health.score_history").write_parquet(str(path))
    return path


def scored(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, dt.date], float | None]:
    rows = connection.sql("select account_id, as_of_date, score from health.account_scores").fetchall()
    return {(account, day): value for account, day, value in rows}


def test_every_score_is_made_anew_and_the_first_is_kept(
    build: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    add(build, "used", APRIL, **(BILLING | USED | {"usage_measured_on": APRIL}))
    score(build)
    before = scored(build)
    history = publish_history(build, tmp_path)
    build.execute("update features.int_account_measures set past_due_share = 1, nps_score_6m = 0")
    score(build, history)
    after = scored(build)
    assert after["used", APRIL] != before["used", APRIL]
    assert after["used", MAY] != before["used", MAY]
    assert build.sql("select as_of_date, score from health.score_history").fetchall() == [
        (APRIL, before["used", APRIL])
    ]


def test_only_the_newest_date_is_explained(build: duckdb.DuckDBPyConnection) -> None:
    add(build, "used", APRIL, **(BILLING | USED | {"usage_measured_on": APRIL}))
    score(build)
    assert build.sql("select distinct as_of_date from health.account_contributions").fetchall() == [(MAY,)]


def test_who_was_no_customer_after_all_has_no_past_score(
    build: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    add(build, "used", APRIL, **(BILLING | USED | {"usage_measured_on": APRIL}))
    score(build)
    history = publish_history(build, tmp_path)
    build.execute("delete from features.int_account_measures where as_of_date = ?", [APRIL])
    score(build, history)
    assert ("used", APRIL) not in scored(build)


def test_other_rules_score_the_past_anew_and_keep_what_was_said(
    build: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    add(build, "used", APRIL, **(BILLING | USED | {"usage_measured_on": APRIL}))
    score(build)
    before = scored(build)
    history = publish_history(build, tmp_path)
    build.execute("update seeds.health_measures set ceiling = 1 where measure_id = 'use_rate_28d'")
    score(build, history)
    assert scored(build)["used", APRIL] != before["used", APRIL]
    versions = build.sql("select count(distinct config_version) from health.score_history").fetchall()
    assert versions == [(2,)]


def test_a_month_end_that_was_missed_is_scored_later(
    build: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    score(build)
    history = publish_history(build, tmp_path)
    add(build, "used", APRIL, **(BILLING | USED | {"usage_measured_on": APRIL}))
    score(build, history)
    assert ("used", APRIL) in scored(build)


def test_what_a_failed_run_left_is_no_history(build: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    build.execute(
        "insert into health.score_history (account_id, as_of_date, config_version) values ('x', ?, 'y')",
        [APRIL],
    )
    score(build, tmp_path / "nothing.parquet")
    assert build.sql("from health.score_history").fetchall() == []
