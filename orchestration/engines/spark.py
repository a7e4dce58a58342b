"""The warehouse on Apache Spark: raw tables landed as Parquet, scores, and marts shown as views."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import narwhals as nw
import pyarrow as pa
import yaml

from orchestration.computed import COMPUTED_SCHEMAS, COMPUTED_TABLES
from orchestration.health.config import SEEDS, health_config
from orchestration.health.history import HISTORY, TEMPORARY, score_missing
from orchestration.health.store import ScoreCounts
from orchestration.loading import LoadResult, land, open_build, read_contract
from orchestration.release.publishing import (
    MartText,
    Release,
    WarehouseError,
    mart_mismatch,
    open_marts,
    publish_written,
)
from orchestration.settings import PROJECT_DIR, Settings

# A pyspark.sql.SparkSession; the package is there only where Spark was asked for.
Session = Any
# The session of this process and the warehouse that it is of; there is one at most.
_opened: dict[Path, Session] = {}

OLDEST_JAVA = 17
# The target of the Makefile that installs the packages.
INSTALL = "install-spark"
# dbt builds the marts here; the views of the schema `marts` show the last release.
BUILT = "marts_next"
# Marts written and shown at a time.
_AT_A_TIME = 4
# Landed types that mean the same on both engines, also as text, for each type of the contract. Anything else
# is landed as the text that DuckDB makes of it, and so becomes on Spark what it becomes on DuckDB.
_KEPT_TYPES = {
    "varchar": {"VARCHAR"},
    "bigint": {"TINYINT", "SMALLINT", "INTEGER", "BIGINT"},
    "boolean": {"BOOLEAN"},
    "date": {"DATE"},
    "timestamp": {"TIMESTAMP"},
}


class SparkError(RuntimeError):
    """Spark cannot be used here; the message says why and what to do."""


@dataclass(frozen=True)
class SparkEngine:
    """Tables of a Spark session: those of `<warehouse>/build/spark`, with a metastore beside them."""

    settings: Settings

    @property
    def place(self) -> str:
        """The metastore's name for people."""
        return "Spark"

    def refuse_missing(self) -> None:
        """Stop where Spark cannot start.

        Raises:
            SparkError: the packages or Java are missing, or Java is too old.
        """
        if find_spec("pyspark") is None or find_spec("dbt.adapters.spark") is None:
            raise SparkError(
                "DBT_TARGET is spark, but the packages for it (dbt-spark, PyHive, pyspark) are not there. "
                f"Install them with `make {INSTALL}`, or use DBT_TARGET=duckdb."
            )
        advice = f"Install Java {OLDEST_JAVA} or newer and set JAVA_HOME to it, or use DBT_TARGET=duckdb."
        java = _java()
        if java is None:
            raise SparkError(f"DBT_TARGET is spark, but there is no Java here, which Spark runs in. {advice}")
        version = java_version(java)
        if version is None or version < OLDEST_JAVA:
            found = f"Java {version}" if version else "something else"
            raise SparkError(f"Spark needs Java {OLDEST_JAVA}, and {java} is {found}. {advice}")

    def land(self, run_id: str) -> LoadResult:
        """Land the raw folder as DuckDB does, and register it as Parquet in the schema `raw`.

        Raises:
            LoadError: the raw folder cannot be loaded.
        """
        session = open_session(self.settings.warehouse_dir)
        folder = self.settings.build_path.parent / "spark" / "raw"
        landed = folder / run_id
        with open_build(self.settings.build_path) as connection:
            loaded = land(self.settings, connection, run_id)
            for table in read_contract().tables:
                types = {column.name: column.data_type for column in table.columns}
                _write_raw(connection, table.name, types, landed)
            for name in ("settings", "loaded_tables"):
                _write_raw(connection, name, {}, landed)
        for schema in ("raw", *COMPUTED_SCHEMAS):
            session.sql(f"create schema if not exists {schema}")
        for path in sorted(landed.iterdir()):
            session.sql(f"drop table if exists raw.{path.name}")
            session.sql(f"create table raw.{path.name} using parquet location {_literal(path)}")
        for name, columns in COMPUTED_TABLES.items():
            session.sql(f"create table if not exists {name} ({columns}) using parquet")
        for path in folder.iterdir():
            if path != landed:
                shutil.rmtree(path)
        return loaded

    def score(self) -> ScoreCounts:
        """Score intermediate.int_account_measures into the health tables, each replaced as a whole.

        Raises:
            HealthConfigError: the seeds cannot be scored with.
        """
        session = open_session(self.settings.warehouse_dir)
        config = health_config({seed: self.rows(f"select * from seeds.{seed}") for seed in SEEDS})
        published = self.settings.published_link / "marts" / "account_health_history.parquet"
        _read_history(session, published)
        score_missing(
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

    def publish(self, release: Release, texts: Mapping[str, MartText]) -> Release:
        """Write the marts as Parquet into the release's folder and let the views of `marts` show it.

        Each view changes at once; a reader who reads several while they change may see two releases.

        Raises:
            WarehouseError: there is nothing to publish, or what was written differs from what was built.
        """
        session = open_session(self.settings.warehouse_dir)
        return publish_written(
            self.settings.warehouse_dir,
            release,
            write=partial(_write_marts, session),
            check=_check_marts,
            show=partial(_show_marts, session, texts),
        )


def open_session(warehouse_dir: Path) -> Session:
    """The session of this process, with the parameters with which dbt opens it too.

    Raises:
        SparkError: the session of this process is that of another warehouse.
    """
    if not _opened:
        _opened[warehouse_dir] = _start(warehouse_dir)
    if warehouse_dir not in _opened:
        raise SparkError(
            f"This process already uses another warehouse on Spark; open {warehouse_dir} in a new one."
        )
    return _opened[warehouse_dir]


def _start(warehouse_dir: Path) -> Session:
    """Start Spark; what its Java prints goes to `<warehouse>/logs/spark.log` instead of the terminal."""
    # Spark's Python side repeats whole queries and traces of errors that dbt reports itself.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    pyspark, java_gateway = import_module("pyspark"), import_module("pyspark.java_gateway")
    parameters = {**session_parameters(warehouse_dir), "spark.sql.catalogImplementation": "hive"}
    configuration = pyspark.SparkConf().setAll([*parameters.items()])
    configuration.setMaster(parameters["spark.master"]).setAppName(warehouse_dir.name)
    log_path = warehouse_dir / "logs" / "spark.log"
    for folder in (log_path.parent, warehouse_dir / "build" / "spark"):
        folder.mkdir(parents=True, exist_ok=True)
    with log_path.open("w", encoding="utf-8") as log:
        gateway = java_gateway.launch_gateway(configuration, {"stdout": log, "stderr": log})
    pyspark.SparkContext(conf=configuration, gateway=gateway)
    return import_module("pyspark.sql").SparkSession.builder.getOrCreate()


def session_parameters(warehouse_dir: Path) -> dict[str, str]:
    """The parameters of a session of this warehouse, as profiles.yml states them for dbt."""
    environment = {"CSKPI_WAREHOUSE_DIR": str(warehouse_dir), "DBT_TARGET": "spark"}
    profiles = jinja2.Template((PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8"))
    output = yaml.safe_load(profiles.render(env_var=environment.get))["cs_kpi"]["outputs"]["spark"]
    parameters = {name: str(value) for name, value in output["server_side_parameters"].items()}
    # dbt-spark sets this whatever the profile says: a value that does not fit is NULL, not an error.
    return {**parameters, "spark.sql.ansi.enabled": "false"}


def java_version(java: str) -> int | None:
    """The feature release of a `java`, such as 17; None where it does not say."""
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None


def _java() -> str | None:
    """The `java` that Spark starts."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")


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
        columns = session.table(HISTORY).columns
        session.read.parquet(str(published)).select(*columns).write.insertInto(HISTORY)


def _write_scores(session: Session, table: str, rows: nw.LazyFrame[Any], is_added: bool) -> None:
    if table in TEMPORARY:
        rows.to_native().write.mode("overwrite").saveAsTable(table)
    else:
        native = rows.select(*session.table(table).columns).to_native()
        native.write.insertInto(table, overwrite=not is_added)


def _write_marts(session: Session, folder: Path) -> dict[str, int]:
    """Write each mart as a folder of Parquet files; rows of each mart as they were built."""
    session.sql(f"create schema if not exists {BUILT}")
    names = _tables_of(session, BUILT)
    if not names:
        raise WarehouseError("Spark holds no marts; run the whole job `refresh` first.")

    sql, functions = import_module("pyspark.sql"), import_module("pyspark.sql.functions")

    def write(name: str) -> int:
        # Counted in passing, where a count of its own would read every mart once more.
        counted = sql.Observation()
        rows = functions.count(functions.lit(1)).alias("rows")
        built = session.table(f"{BUILT}.{name}").observe(counted, rows)
        built.write.parquet(str(folder / "marts" / f"{name}.parquet"))
        return counted.get["rows"]

    return dict(zip(names, _each(names, write), strict=True))


def _check_marts(folder: Path, marts: Mapping[str, int]) -> None:
    """Read what was written as a reader would, and count."""
    with open_marts(folder) as connection:
        for name, rows in marts.items():
            (found,) = connection.sql(f"select count(*) from marts.{name}").fetchall()[0]
            if found != rows:
                raise mart_mismatch(name, rows, "Parquet folder", folder, found)


def _show_marts(session: Session, texts: Mapping[str, MartText], folder: Path) -> None:
    """Point every view of the schema `marts` to the files in `folder`."""
    session.sql("create schema if not exists marts")
    paths = {path.stem: path for path in (folder / "marts").glob("*.parquet")}

    def show(name: str) -> None:
        text = texts.get(name, MartText())
        columns = ", ".join(
            f"{column} comment {_literal(text.columns.get(column, ''))}"
            for column in session.table(f"{BUILT}.{name}").columns
        )
        session.sql(
            f"create or replace view marts.{name} ({columns}) comment {_literal(text.description)} "
            f"as select * from parquet.`{paths[name]}`"
        )

    _each(paths, show)
    for view in set(_tables_of(session, "marts")) - paths.keys():
        session.sql(f"drop view marts.{view}")


def _tables_of(session: Session, schema: str) -> list[str]:
    """The names of a schema's tables and views; temporary views are listed with every schema."""
    found = session.sql(f"show tables in {schema}").collect()
    return sorted(row["tableName"] for row in found if not row["isTemporary"])


def _each(names: Iterable[str], work: Callable[[str], Any]) -> list[Any]:
    """The result of each, several worked on at a time; raises what the first that fails raises."""
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return list(pool.map(work, names))


def _literal(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
