"""Where scores come from and go to in the build database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw

from orchestration.computed import computed_tables
from orchestration.health.chances import CHANCES, ChanceCurve, estimate_chances
from orchestration.health.config import SEEDS, HealthConfig, health_config
from orchestration.health.history import (
    CONTRIBUTIONS,
    HISTORY,
    MEASURES,
    SCORES,
    TEMPORARY,
    score_measures,
)
from orchestration.privacy.published_ids import with_ids_of_now
from orchestration.release.history import parquet_rows


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


def score(
    connection: duckdb.DuckDBPyConnection,
    published: Path | None = None,
    shown: Callable[[str], str] = str,
) -> ScoreCounts:
    """Score MEASURES into the health tables, in one transaction: after an error the tables are as before.

    `published` is the Parquet file of the last release's account_health_history; without one there is no
    history. `shown` gives what stands for the id of an account in this warehouse now.

    Raises:
        HealthConfigError: the seeds cannot be scored with.
    """
    config = read_config(connection)

    def read(table: str) -> nw.LazyFrame[Any]:
        return nw.from_native(connection.table(table))

    def write(table: str, rows: nw.LazyFrame[Any], is_added: bool) -> None:
        if table in TEMPORARY:
            rows.to_native().create(table)
            return
        if not is_added:
            connection.execute(f"delete from {table}")
        rows.select(*connection.table(table).columns).to_native().insert_into(table)

    connection.begin()
    try:
        read_history(connection, published, shown)
        score_measures(read, write, config)
        for table in TEMPORARY:
            connection.execute(f"drop table {table}")
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return _counts(connection, config)


def write_chances(connection: duckdb.DuckDBPyConnection, curves: Sequence[ChanceCurve]) -> None:
    """Replace CHANCES by the chances of every account of MEASURES, in one transaction.

    Raises:
        HealthConfigError: the seeds cannot be scored with.
    """
    measures = nw.from_native(connection.table(MEASURES))
    rows = estimate_chances(measures, read_config(connection), curves)
    columns = [*computed_tables()[CHANCES].columns]
    connection.begin()
    try:
        connection.execute(f"delete from {CHANCES}")
        rows.select(*columns).to_native().insert_into(CHANCES)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def read_history(
    connection: duckdb.DuckDBPyConnection, published: Path | None, shown: Callable[[str], str]
) -> None:
    """Begin with the published history: what a failed run left does not count."""
    connection.execute(f"delete from {HISTORY}")
    if published is None or not published.exists():
        return
    with with_ids_of_now(connection, parquet_rows(published), shown) as history:
        connection.execute(f"insert into {HISTORY} by name {history}")


def _counts(connection: duckdb.DuckDBPyConnection, config: HealthConfig) -> ScoreCounts:
    counted = connection.sql(
        f"""
        select
            count(distinct account_id),
            count(distinct as_of_date),
            count(*),
            count(*) filter (where score is null),
            (select count(*) from {CONTRIBUTIONS})
        from {SCORES}
        """
    ).fetchone()
    assert counted is not None, "an aggregate without groups gives one row"
    return ScoreCounts(*counted, config_version=config.version)
