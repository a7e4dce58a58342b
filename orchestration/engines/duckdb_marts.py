"""The marts of a build database as a release: one database file, and the marts as Parquet.

The database begins as a copy of the last release's, and a mart is written again where its rows are others. A
mart of many rows is written by month, so that a night writes the months that it changed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.engines.duckdb_contents import Content, Contents, content_of, contents_of, is_in, state_of
from orchestration.errors import WarehouseError
from orchestration.release.history import parquet_rows, published_mart
from orchestration.release.publishing import mart_mismatch, no_report, publish_written
from orchestration.release.releases import (
    DATABASE_FILE,
    MartText,
    Release,
    literal,
    quoted,
)
from orchestration.settings import KEPT_RELEASES

# DuckDB 1.1 and later open this format, whichever version writes it.
STORAGE_VERSION = "v1.0.0"
# From as many rows on, a mart with months is written by month, its Parquet as a folder of a file per month.
MANY_ROWS = 5_000_000


def publish(
    build_path: Path,
    warehouse_dir: Path,
    release: Release,
    texts: Mapping[str, MartText] | None = None,
    config: Mapping[str, Any] | None = None,
    *,
    report: Callable[[Path], None] = no_report,
    kept: int = KEPT_RELEASES,
    many_rows: int = MANY_ROWS,
) -> Release:
    """Write schema `marts` of the build database as `release`, check it, and point `published` to it.

    Marts of `many_rows` and more are written by month.

    Returns:
        The release with the rows of each mart.

    Raises:
        WarehouseError: there is nothing to publish, or what was written differs from what was built.
    """
    before = warehouse_dir / "published"
    return publish_written(
        warehouse_dir,
        release,
        lambda folder: write_marts(build_path, folder, texts or {}, before, config, many_rows=many_rows),
        check_marts,
        report=report,
        kept=kept,
    )


def write_marts(
    build_path: Path,
    folder: Path,
    texts: Mapping[str, MartText],
    before: Path | None = None,
    config: Mapping[str, Any] | None = None,
    *,
    many_rows: int = MANY_ROWS,
) -> dict[str, int]:
    """Write the marts into the release's database and Parquet files; rows of each mart as they were built.

    What is as in the release `before` is copied with its database, and shares its Parquet files.
    """
    known = contents_of(before) if before else Contents()
    database = folder / DATABASE_FILE
    is_copy = before is not None and known.can_go_on(before / DATABASE_FILE)
    if before and is_copy:
        shutil.copyfile(before / DATABASE_FILE, database)
    with duckdb.connect(config={"autoinstall_known_extensions": False, **(config or {})}) as connection:
        # Views name the build's catalog, so it keeps its name here.
        connection.execute(f"attach {literal(build_path)} as cs_kpi (read_only)")
        connection.execute(f"attach {literal(database)} as release (storage_version '{STORAGE_VERSION}')")
        connection.execute("create schema if not exists release.marts")
        names = _names(connection, "cs_kpi")
        if not names:
            raise WarehouseError(f"{build_path} holds no marts; run the whole job `refresh` first.")
        for name in _names(connection, "release") - names:
            connection.execute(f"drop table release.marts.{quoted(name)}")
        rows, contents = {}, {}
        for name in sorted(names):
            there = known.marts.get(name)
            rows[name], content = _write_mart(connection, name, there if is_copy else None, many_rows)
            is_comparable = there is not None and there.columns == content.columns
            _write_parquet(
                connection,
                folder / "marts" / f"{name}.parquet",
                content.months if content.has_months and content.rows >= many_rows else None,
                content.changed_from(there),
                before / "marts" if before and is_comparable else None,
            )
            contents[name] = content
        _comment(connection, texts)
        connection.execute("checkpoint release")
        connection.execute("detach release")
    state = state_of(database)
    Contents(contents, state, known.whole_bytes if is_copy else state[0]).save(folder)
    return rows


def _names(connection: duckdb.DuckDBPyConnection, catalog: str) -> set[str]:
    """The marts of an attached database."""
    found = connection.execute(
        "select table_name from information_schema.tables "
        f"where table_catalog = {literal(catalog)} and table_schema = 'marts'"
    ).fetchall()
    return {name for (name,) in found}


def _write_mart(
    connection: duckdb.DuckDBPyConnection, name: str, there: Content | None, many_rows: int
) -> tuple[int, Content]:
    """Have the release's database hold a mart; `there` is what it holds of it already.

    Returns:
        The mart's rows as they were built, and its content.
    """
    source, target = f"cs_kpi.marts.{quoted(name)}", f"release.marts.{quoted(name)}"
    create = f"create or replace table {target} as from {source}"
    if there is None:
        # As the statement counts them: a view would be computed once more to count it.
        return _first(connection, create), content_of(connection, target)
    content = content_of(connection, source)
    changed = content.changed_from(there)
    is_by_month = content.has_months and there.has_months and content.rows >= many_rows
    if content.columns != there.columns or (changed and not is_by_month):
        connection.execute(create)
    elif changed:
        connection.execute(f"delete from {target} where {is_in(changed)}")
        connection.execute(f"insert into {target} from {source} where {is_in(changed)}")
    return content.rows, content


def _write_parquet(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    months: Mapping[str, str] | None,
    changed: list[str],
    last: Path | None,
) -> None:
    """Write a mart of the release's database as a file, or as a folder of a file for each of `months`.

    A file shares its bytes with the one in the folder `last`, unless its months are among the `changed`.
    """
    target = f"release.marts.{quoted(path.stem)}"
    if months is None:
        _write_file(connection, f"from {target}", path, None if changed or not last else last / path.name)
        return
    path.mkdir()
    for month in months:
        name = f"{month[:7]}.parquet"
        unchanged = None if month in changed or not last else last / path.name / name
        _write_file(connection, f"from {target} where {is_in([month])}", path / name, unchanged)


def _write_file(
    connection: duckdb.DuckDBPyConnection, query: str, file: Path, unchanged: Path | None
) -> None:
    if unchanged and unchanged.is_file():
        os.link(unchanged, file)
    else:
        connection.execute(f"copy ({query}) to {literal(file)} (format parquet, compression zstd)")


def _comment(connection: duckdb.DuckDBPyConnection, texts: Mapping[str, MartText]) -> None:
    """Have the release's database hold the descriptions of the marts and their columns."""
    there = connection.execute(
        "select table_name, null, comment from duckdb_tables() where database_name = 'release' union all "
        "select table_name, column_name, comment from duckdb_columns() where database_name = 'release'"
    ).fetchall()
    for name, column, comment in there:
        text, table = texts.get(name, MartText()), f"release.marts.{quoted(name)}"
        said = text.columns.get(column) if column else text.description
        if (said or None) != comment:
            place = f"column {table}.{quoted(column)}" if column else f"table {table}"
            connection.execute(f"comment on {place} is {literal(said) if said else 'null'}")


def check_marts(folder: Path, marts: Mapping[str, int]) -> None:
    """Open what was written as a reader would, and count."""
    with duckdb.connect(str(folder / DATABASE_FILE), read_only=True) as connection:
        for name, rows in marts.items():
            parquet = parquet_rows(published_mart(folder, name))
            for kind, relation in (("database", f"marts.{quoted(name)}"), ("Parquet file", parquet)):
                found = _count(connection, relation)
                if found != rows:
                    raise mart_mismatch(name, rows, kind, folder, found)


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    return _first(connection, f"select count(*) from {relation}")


def _first(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    """The one number that a statement gives."""
    row = connection.execute(statement).fetchone()
    return row[0] if row else 0
