"""What a run asks of the engine that holds its warehouse, and the one place that chooses the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from orchestration.engines.spark import SparkEngine
from orchestration.health import store
from orchestration.health.store import ScoreCounts
from orchestration.loading import LoadResult, land, open_build
from orchestration.release.publishing import MartText, Release, publish
from orchestration.settings import Settings

Rows = list[dict[str, Any]]


class Engine(Protocol):
    """The build database of one warehouse, with all that is not dbt's work."""

    @property
    def place(self) -> str:
        """Where a person finds the build database's tables."""
        ...

    def refuse_missing(self) -> None:
        """Stop where the engine cannot start."""
        ...

    def land(self, run_id: str) -> LoadResult:
        """Land the raw folder in the schema `raw`; raises LoadError."""
        ...

    def score(self) -> ScoreCounts:
        """Replace the health tables by the scores of what was built; raises HealthConfigError."""
        ...

    def rows(self, query: str) -> Rows:
        """The result of a query of the build database, one dictionary per row."""
        ...

    def table(self, query: str) -> pa.Table:
        """The result of a query of the build database, for computing with many rows."""
        ...

    def save(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace one of the COMPUTED_TABLES by these rows; columns that a row lacks are NULL."""
        ...

    def publish(self, release: Release, texts: Mapping[str, MartText]) -> Release:
        """Let readers see the marts as `release`; raises WarehouseError."""
        ...


def engine_of(settings: Settings) -> Engine:
    """The engine that the setting DBT_TARGET names."""
    return SparkEngine(settings) if settings.dbt_target == "spark" else DuckDBEngine(settings)


@dataclass(frozen=True)
class DuckDBEngine:
    """One file that dbt builds in, and a release that is a file too."""

    settings: Settings

    @property
    def place(self) -> str:
        """The file that dbt builds in."""
        return str(self.settings.build_path)

    def refuse_missing(self) -> None:
        """DuckDB is a part of the project."""

    def land(self, run_id: str) -> LoadResult:
        """Land the raw files as tables of the build database, and Parquet as views over the files."""
        with open_build(self.settings.build_path) as connection:
            return land(self.settings, connection, run_id)

    def score(self) -> ScoreCounts:
        """Score in the build database what the last release does not hold."""
        history = self.settings.published_link / "marts" / "account_health_history.parquet"
        with open_build(self.settings.build_path) as connection:
            return store.score(connection, history)

    def rows(self, query: str) -> Rows:
        """The result of a query of the build database."""
        with duckdb.connect(self.place, read_only=True) as connection:
            found = connection.sql(query)
            return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]

    def table(self, query: str) -> pa.Table:
        """The result of a query of the build database."""
        with duckdb.connect(self.place, read_only=True) as connection:
            return connection.sql(query).to_arrow_table()

    def save(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace a table, in one transaction."""
        with open_build(self.settings.build_path) as connection:
            schema = connection.table(table).limit(0).to_arrow_table().schema
            found = pa.Table.from_pylist([dict(row) for row in rows], schema)
            connection.begin()
            connection.execute(f"delete from {table}")
            connection.from_arrow(found).insert_into(table)
            connection.commit()

    def publish(self, release: Release, texts: Mapping[str, MartText]) -> Release:
        """Copy the marts into a database of their own, and into Parquet files."""
        return publish(self.settings.build_path, self.settings.warehouse_dir, release, texts)
