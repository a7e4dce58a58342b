"""Where scores come from and go to in the build database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import narwhals as nw

from orchestration.health.config import SEEDS, HealthConfig, health_config
from orchestration.health.scoring import explain_scores, score_accounts, weigh_measures

WEIGHED = "health.weighed_measures"


@dataclass(frozen=True)
class ScoreCounts:
    """What one scoring wrote."""

    accounts: int
    as_of_dates: int
    scores: int
    unknown: int
    contributions: int
    config_version: str


def read_config(connection: duckdb.DuckDBPyConnection) -> HealthConfig:
    """Read the rules from the schema `seeds`.

    Raises:
        HealthConfigError: the seeds cannot be scored with.
    """
    return health_config({seed: _rows(connection.table(f"seeds.{seed}")) for seed in SEEDS})


def _rows(relation: duckdb.DuckDBPyRelation) -> list[dict[str, object]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def score(connection: duckdb.DuckDBPyConnection) -> ScoreCounts:
    """Score intermediate.int_account_measures into health.account_scores and health.account_contributions.

    Both are replaced, in one transaction: when anything fails they stay as they were.

    Raises:
        HealthConfigError: the seeds cannot be scored with.
    """
    config = read_config(connection)
    measures = nw.from_native(connection.table("intermediate.int_account_measures"))
    connection.begin()
    try:
        weigh_measures(measures, config).to_native().create(WEIGHED)
        weighed = nw.from_native(connection.table(WEIGHED))
        _replace(connection, "health.account_scores", score_accounts(weighed, config))
        _replace(connection, "health.account_contributions", explain_scores(weighed, config))
        connection.execute(f"drop table {WEIGHED}")
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return _counts(connection, config)


def _replace(connection: duckdb.DuckDBPyConnection, table: str, rows: nw.LazyFrame[Any]) -> None:
    connection.execute(f"delete from {table}")
    rows.select(*connection.table(table).columns).to_native().insert_into(table)


def _counts(connection: duckdb.DuckDBPyConnection, config: HealthConfig) -> ScoreCounts:
    counted = connection.sql(
        """
        select
            count(distinct account_id),
            count(distinct as_of_date),
            count(*),
            count(*) filter (where score is null),
            (select count(*) from health.account_contributions)
        from health.account_scores
        """
    ).fetchone()
    assert counted is not None, "an aggregate without groups gives one row"
    return ScoreCounts(*counted, config_version=config.version)
