"""The marts of a build database as a release: one database file, and a Parquet file per mart."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import WarehouseError
from orchestration.release.publishing import mart_mismatch, publish_written
from orchestration.release.releases import DATABASE_FILE, MartText, Release, literal, quoted
from orchestration.settings import KEPT_RELEASES

# DuckDB 1.1 and later open this format, whichever version writes it.
STORAGE_VERSION = "v1.0.0"
# What each mart of a release holds, so that the next release can share the files of unchanged ones.
_CONTENTS_FILE = "contents.json"


def publish(
    build_path: Path,
    warehouse_dir: Path,
    release: Release,
    texts: Mapping[str, MartText] | None = None,
    config: Mapping[str, Any] | None = None,
    *,
    kept: int = KEPT_RELEASES,
) -> Release:
    """Write schema `marts` of the build database as `release`, check it, and point `published` to it.

    Returns:
        The release with the rows of each mart.

    Raises:
        WarehouseError: there is nothing to publish, or what was written differs from what was built.
    """
    before = warehouse_dir / "published"
    return publish_written(
        warehouse_dir,
        release,
        lambda folder: write_marts(build_path, folder, texts or {}, before, config),
        check_marts,
        kept=kept,
    )


def write_marts(
    build_path: Path,
    folder: Path,
    texts: Mapping[str, MartText],
    before: Path | None = None,
    config: Mapping[str, Any] | None = None,
) -> dict[str, int]:
    """Copy the marts into the release's database and Parquet files; rows of each mart as they were built.

    A mart with the rows that it has in the release `before` shares that release's Parquet file.
    """
    known = _contents_of(before) if before else {}
    contents: dict[str, str] = {}
    with duckdb.connect(config={"autoinstall_known_extensions": False, **(config or {})}) as connection:
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
            # As the statement counts them: a view would be computed once more to count it.
            marts[name] = _first(connection, f"create table {target} as from {source}")
            _comment(connection, target, texts.get(name, MartText()))
            contents[name] = _content(connection, target)
            file = folder / "marts" / f"{name}.parquet"
            if before and known.get(name) == contents[name]:
                os.link(before / "marts" / file.name, file)
            else:
                connection.execute(f"copy {target} to {literal(file)} (format parquet, compression zstd)")
        connection.execute("checkpoint release")
        connection.execute("detach release")
    (folder / _CONTENTS_FILE).write_text(json.dumps(contents), encoding="utf-8")
    return marts


def _content(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """A text that is another one for other columns or rows, whatever their order."""
    columns = connection.execute(f"describe {table}").fetchall()
    found = connection.execute(
        f"select count(*), sum(hash(t)::hugeint), bit_xor(hash(t)) from {table} as t"
    ).fetchone()
    return f"DuckDB {duckdb.__version__}, {[row[:2] for row in columns]}, {found}"


def _contents_of(release: Path) -> dict[str, str]:
    """What `_content` said of each mart of a release whose Parquet file is there."""
    try:
        contents = json.loads((release / _CONTENTS_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {name: text for name, text in contents.items() if (release / "marts" / f"{name}.parquet").exists()}


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
    return _first(connection, f"select count(*) from {relation}")


def _first(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    """The one number that a statement gives."""
    row = connection.execute(statement).fetchone()
    return row[0] if row else 0
