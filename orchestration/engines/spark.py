"""The warehouse on Apache Spark: raw tables landed as Parquet, scores, and marts shown as views."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa

from orchestration.computed import COMPUTED_SCHEMAS, HISTORY_SOURCE, LOAD, computed_tables, written_tables
from orchestration.engines.spark_marts import check_marts, literal, show_marts, write_marts
from orchestration.engines.spark_session import Session, open_session, refuse_missing_spark
from orchestration.health.chances import CHANCES, ChanceCurve, estimate_chances
from orchestration.health.config import SEEDS, HealthConfig, health_config
from orchestration.health.history import HISTORY, MEASURES, TEMPORARY, score_measures
from orchestration.health.store import ScoreCounts
from orchestration.loading import Inspection, LoadResult, land, open_build, read_contract
from orchestration.release.history import SCORE_HISTORY, history_path, shown_history
from orchestration.release.publishing import no_report, publish_written
from orchestration.release.releases import MartText, Release
from orchestration.settings import Settings

# Landed types that mean the same on both engines, also as text, for each type of the contract. Anything else
# is landed as the text that DuckDB makes of it, and so becomes on Spark what it becomes on DuckDB.
_KEPT_TYPES = {
    "varchar": {"VARCHAR"},
    "bigint": {"TINYINT", "SMALLINT", "INTEGER", "BIGINT"},
    "boolean": {"BOOLEAN"},
    "date": {"DATE"},
    "timestamp": {"TIMESTAMP"},
}


@dataclass(frozen=True)
class SparkEngine:
    """Tables of a Spark session: those of `<warehouse>/build/spark`, with a metastore beside them."""

    settings: Settings

    @property
    def place(self) -> str:
        """The metastore's name for people."""
        return "Spark"

    def refuse_missing(self) -> None:
        """Stop where Spark cannot start; raises SparkError."""
        refuse_missing_spark(self.settings.java_home)

    def built_by(self) -> str | None:
        """None: Spark builds every table anew in every run."""
        return None

    def land(self, run_id: str, inspection: Inspection | None = None) -> LoadResult:
        """Land the raw folder as DuckDB does, and register it as Parquet in the schema `raw`.

        Raises:
            LoadError: the raw folder cannot be loaded.
        """
        session = open_session(self.settings.warehouse_dir)
        folder = self.settings.build_path.parent / "spark" / "raw"
        landed = folder / run_id
        with open_build(self.settings.build_path, self.settings.duckdb_config) as connection:
            loaded = land(self.settings, connection, run_id, inspection=inspection)
            for table in read_contract().tables:
                types = {column.name: column.data_type for column in table.columns}
                _write_raw(connection, table.name, types, landed)
            for report in written_tables(LOAD):
                _write_raw(connection, report.name, {}, landed)
        for schema in ("raw", HISTORY_SOURCE, *COMPUTED_SCHEMAS):
            session.sql(f"create schema if not exists {schema}")
        for path in sorted(landed.iterdir()):
            session.sql(f"drop table if exists raw.{path.name}")
            session.sql(f"create table raw.{path.name} using parquet location {literal(path)}")
        for name, table in computed_tables().items():
            session.sql(f"create table if not exists {name} ({table.definition}) using parquet")
        show_history(session, self.settings.warehouse_dir)
        for path in folder.iterdir():
            if path != landed:
                shutil.rmtree(path)
        return loaded

    def score(self) -> ScoreCounts:
        """Score features.int_account_measures into the health tables, each replaced as a whole.

        Raises:
            HealthConfigError: the seeds cannot be scored with.
        """
        session = open_session(self.settings.warehouse_dir)
        config = self._config()
        published = history_path(self.settings.warehouse_dir, SCORE_HISTORY)
        _read_history(session, published)
        score_measures(
            lambda table: nw.from_native(session.table(table)), partial(_write_scores, session), config
        )
        for table in TEMPORARY:
            session.sql(f"drop table {table}")
        (counts,) = self.rows(
            """
            select
                count(distinct account_id) as accounts,
                count(distinct as_of_date) as as_of_dates,
                count(*) as scores,
                count(*) - count(score) as unknown,
                (select count(*) from health.account_contributions) as contributions
            from health.account_scores
            """
        )
        return ScoreCounts(**counts, config_version=config.version)

    def write_chances(self, curves: Sequence[ChanceCurve]) -> None:
        """Write the chances of every account, none of which is collected."""
        session = open_session(self.settings.warehouse_dir)
        measures = nw.from_native(session.table(MEASURES))
        _write_scores(session, CHANCES, estimate_chances(measures, self._config(), curves), False)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The result of a query, one dictionary per row."""
        session = open_session(self.settings.warehouse_dir)
        return [row.asDict() for row in session.sql(query).collect()]

    def table(self, query: str) -> pa.Table:
        """The result of a query, collected."""
        return open_session(self.settings.warehouse_dir).sql(query).toArrow()

    def save(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace a table by these rows; columns that a row lacks are NULL."""
        session = open_session(self.settings.warehouse_dir)
        schema = session.table(table).schema
        values = [tuple(row.get(name) for name in schema.names) for row in rows]
        session.createDataFrame(values, schema).write.insertInto(table, overwrite=True)

    def publish(
        self, release: Release, texts: Mapping[str, MartText], report: Callable[[Path], None] = no_report
    ) -> Release:
        """Write the marts as Parquet into the release's folder and let the views of `marts` show it.

        Each view changes at once; a reader who reads several while they change may see two releases.

        Raises:
            WarehouseError: there is nothing to publish, or what was written differs from what was built.
        """
        session = open_session(self.settings.warehouse_dir)
        return publish_written(
            self.settings.warehouse_dir,
            release,
            write=partial(write_marts, session),
            check=check_marts,
            show=partial(show_marts, session, texts),
            report=report,
            kept=self.settings.kept_releases,
        )

    def _config(self) -> HealthConfig:
        return health_config({seed: self.rows(f"select * from seeds.{seed}") for seed in SEEDS})


def _write_raw(
    connection: duckdb.DuckDBPyConnection, table: str, contract_types: Mapping[str, str], folder: Path
) -> None:
    """Write a landed table as Parquet: what the contract calls of a type that both engines share as it is."""
    columns = []
    for name, data_type, *_ in connection.execute(f"describe raw.{table}").fetchall():
        is_kept = name not in contract_types or data_type in _KEPT_TYPES.get(contract_types[name], ())
        columns.append(name if is_kept else f"cast({name} as varchar) as {name}")
    (folder / table).mkdir(parents=True)
    rows = connection.sql(f"select {', '.join(columns)} from raw.{table}")
    rows.write_parquet(str(folder / table / "rows.parquet"), compression="zstd")


def _read_history(session: Session, published: Path) -> None:
    """Begin with the history that readers see, whatever a run that failed left behind."""
    session.sql(f"truncate table {HISTORY}")
    if published.exists():
        found = session.read.parquet(str(published))
        # A release from before a column was there has none of it.
        columns = [
            name if name in found.columns else f"null as {name}" for name in session.table(HISTORY).columns
        ]
        found.selectExpr(*columns).write.insertInto(HISTORY)


def show_history(session: Session, warehouse_dir: Path) -> None:
    """Have the source `history` show what the last release holds; nothing where there is none."""
    for table in written_tables(HISTORY_SOURCE):
        path = history_path(warehouse_dir, table.name).resolve()
        there = session.read.parquet(str(path)).columns if path.exists() else []
        query = shown_history(table, there, f"parquet.`{path}`")
        session.sql(f"create or replace view {table.full_name} as {query}")


def _write_scores(session: Session, table: str, rows: nw.LazyFrame[Any], is_added: bool) -> None:
    if table in TEMPORARY:
        rows.to_native().write.mode("overwrite").saveAsTable(table)
    else:
        native = rows.select(*session.table(table).columns).to_native()
        native.write.insertInto(table, overwrite=not is_added)
