"""The marts on Spark: built in one schema, released as Parquet files, shown as views of another schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

from orchestration.engines.spark_session import Session
from orchestration.errors import WarehouseError
from orchestration.release.publishing import mart_mismatch
from orchestration.release.releases import MartText, open_marts

# dbt builds the marts here; the views of the schema `marts` show the last release.
BUILT = "marts_next"
# Marts written and shown at a time.
_AT_A_TIME = 4


def write_marts(session: Session, folder: Path) -> dict[str, int]:
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


def check_marts(folder: Path, marts: Mapping[str, int]) -> None:
    """Read what was written as a reader would, and count."""
    with open_marts(folder) as connection:
        for name, rows in marts.items():
            (found,) = connection.sql(f"select count(*) from marts.{name}").fetchall()[0]
            if found != rows:
                raise mart_mismatch(name, rows, "Parquet folder", folder, found)


def show_marts(session: Session, texts: Mapping[str, MartText], folder: Path) -> None:
    """Point every view of the schema `marts` to the files in `folder`."""
    session.sql("create schema if not exists marts")
    paths = {path.stem: path for path in (folder / "marts").glob("*.parquet")}

    def show(name: str) -> None:
        text = texts.get(name, MartText())
        columns = ", ".join(
            f"{column} comment {literal(text.columns.get(column, ''))}"
            for column in session.table(f"{BUILT}.{name}").columns
        )
        session.sql(
            f"create or replace view marts.{name} ({columns}) comment {literal(text.description)} "
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


def literal(value: object) -> str:
    """The value as a string of Spark's SQL."""
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
