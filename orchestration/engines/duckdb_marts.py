"""The marts of a build database as a release: one database file, and a Parquet file per mart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from orchestration.errors import WarehouseError
from orchestration.release.publishing import mart_mismatch, publish_written
from orchestration.release.releases import DATABASE_FILE, MartText, Release, literal, quoted

# DuckDB 1.1 and later open this format, whichever version writes it.
STORAGE_VERSION = "v1.0.0"


def publish(
    build_path: Path, warehouse_dir: Path, release: Release, texts: Mapping[str, MartText] | None = None
) -> Release:
    """Write schema `marts` of the build database as `release`, check it, and point `published` to it.

    Returns:
        The release with the rows of each mart.

    Raises:
        WarehouseError: there is nothing to publish, or what was written differs from what was built.
    """
    return publish_written(
        warehouse_dir, release, lambda folder: write_marts(build_path, folder, texts or {}), check_marts
    )


def write_marts(build_path: Path, folder: Path, texts: Mapping[str, MartText]) -> dict[str, int]:
    """Copy the marts into the release's database and Parquet files; rows of each mart as they were built."""
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        # Views name the build's catalog, so it keeps its name here.
        connection.execute(f"attach {literal(build_path)} as cs_kpi (read_only)")
        database = literal(folder / DATABASE_FILE)
        connection.execute(f"attach {database} as release (storage_version '{STORAGE_VERSION}')")
        connection.execute("create schema release.marts")
        names = connection.execute(
            "select table_name from information_schema.tables "
            "where table_catalog = 'cs_kpi' and table_schema = 'marts' order by table_name"
        ).fetchall()
        if not names:
            raise WarehouseError(f"{build_path} holds no marts; run the whole job `refresh` first.")
        marts = {}
        for (name,) in names:
            source, target = f"cs_kpi.marts.{quoted(name)}", f"release.marts.{quoted(name)}"
            connection.execute(f"create table {target} as from {source}")
            _comment(connection, target, texts.get(name, MartText()))
            parquet = literal(folder / "marts" / f"{name}.parquet")
            connection.execute(f"copy {target} to {parquet} (format parquet, compression zstd)")
            marts[name] = _count(connection, source)
        connection.execute("checkpoint release")
        connection.execute("detach release")
    return marts


def _comment(connection: duckdb.DuckDBPyConnection, table: str, text: MartText) -> None:
    if text.description:
        connection.execute(f"comment on table {table} is {literal(text.description)}")
    columns = {name for name, *_ in connection.execute(f"describe {table}").fetchall()}
    for column in columns & text.columns.keys():
        comment = literal(text.columns[column])
        connection.execute(f"comment on column {table}.{quoted(column)} is {comment}")


def check_marts(folder: Path, marts: Mapping[str, int]) -> None:
    """Open what was written as a reader would, and count."""
    with duckdb.connect(str(folder / DATABASE_FILE), read_only=True) as connection:
        for name, rows in marts.items():
            parquet = f"read_parquet({literal(folder / 'marts' / f'{name}.parquet')})"
            for kind, relation in (("database", f"marts.{quoted(name)}"), ("Parquet file", parquet)):
                found = _count(connection, relation)
                if found != rows:
                    raise mart_mismatch(name, rows, kind, folder, found)


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    return row[0] if row else 0
