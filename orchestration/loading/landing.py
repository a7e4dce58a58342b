"""Lands the files of a raw folder in the schema `raw` of the build database, all of them or none."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.computed import COMPUTED_SCHEMAS, LOAD, computed_tables, written_tables
from orchestration.loading.contract import Contract, Table, read_contract
from orchestration.loading.csv_files import check_rows, insert_csv
from orchestration.loading.errors import LoadError
from orchestration.loading.inspection import InspectedFile, Inspection, inspect, scratch_path
from orchestration.loading.json_lines_files import insert_json_lines
from orchestration.loading.parquet_files import create_parquet_view
from orchestration.settings import Settings


@dataclass(frozen=True)
class LoadedTable:
    """What was read of one table; `files` is 0 where it was not supplied.

    `unknown_columns`: the columns of its files that the contract does not name, in alphabetical order.
    """

    name: str
    files: int
    rows_read: int
    unknown_columns: tuple[str, ...]


@dataclass(frozen=True)
class LoadResult:
    """What was read of every table of the contract, and what of the raw folder belongs to no table."""

    tables: tuple[LoadedTable, ...]
    ignored: tuple[str, ...]


@contextmanager
def open_build(path: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """Open the build database for writing, in UTC; it is created where there is none.

    Raises:
        LoadError: another process has it open, or the file is no database.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(path))
    except duckdb.Error as error:
        raise LoadError(_not_opened(path, str(error))) from None
    try:
        # Row numbers follow the order of insertion. Nothing here needs an extension from a network.
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set preserve_insertion_order = true")
        connection.execute("set autoinstall_known_extensions = false")
        yield connection
    finally:
        connection.close()


def land(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    contract: Contract | None = None,
    inspection: Inspection | None = None,
) -> LoadResult:
    """Land the raw folder of `settings`: `raw.<table>` of every table, `raw.settings`, `raw.loaded_tables`.

    CSV and JSON Lines become tables of text, Parquet a view over the files, an absent table an empty table;
    each has the columns of the contract, `_file_name` and `_row_number`. Computed tables that are missing are
    created empty. All is inspected first, here unless before, and written in one transaction: a stop changes
    nothing.

    Raises:
        LoadError: the raw folder cannot be loaded; every problem found is named.
    """
    contract = contract or read_contract()
    inspection = inspection or inspect(settings, contract)
    inspected = inspection.files
    scratch = scratch_path(settings)
    connection.begin()
    try:
        connection.execute("create schema if not exists raw")
        tables = tuple(
            _land_table(connection, table, inspected[table.name], scratch) for table in contract.tables
        )
        _write_report(connection, settings, run_id, tables)
        _create_computed_tables(connection)
        connection.commit()
    except duckdb.Error as error:
        connection.rollback()
        problems = _row_problems(inspected) if isinstance(error, duckdb.InvalidInputException) else ""
        raise LoadError(problems or f"The raw files could not be landed: {error}") from error
    except BaseException:
        connection.rollback()
        raise
    return LoadResult(tables=tables, ignored=inspection.ignored)


def _land_table(
    connection: duckdb.DuckDBPyConnection, table: Table, inspected: Sequence[InspectedFile], scratch: Path
) -> LoadedTable:
    _drop(connection, table.name)
    columns = {column for one in inspected for column in one.columns}
    if inspected and inspected[0].file.format == ".parquet":
        files = [one.file for one in inspected]
        rows = create_parquet_view(connection, table, files, columns)
    else:
        texts = ", ".join(f'"{name}" varchar' for name in (*table.column_names, "_file_name"))
        connection.execute(f'create table raw."{table.name}" ({texts}, _row_number bigint)')
        rows = sum(_insert(connection, table, one, scratch) for one in inspected)
    unknown = tuple(sorted(columns.difference(table.column_names)))
    return LoadedTable(name=table.name, files=len(inspected), rows_read=rows, unknown_columns=unknown)


def _insert(connection: duckdb.DuckDBPyConnection, table: Table, one: InspectedFile, scratch: Path) -> int:
    if one.csv_file:
        return insert_csv(connection, table, one.csv_file, scratch)
    return insert_json_lines(connection, table, one.file, scratch)


def _drop(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drop `raw.<name>`, which an earlier run may have left as a table or as a view."""
    kinds = connection.execute(
        """
        select case table_type when 'VIEW' then 'view' else 'table' end
        from information_schema.tables
        where table_catalog = current_database() and table_schema = 'raw' and table_name = $name
        """,
        {"name": name},
    ).fetchall()
    for (kind,) in kinds:
        connection.execute(f'drop {kind} raw."{name}"')


def _write_report(
    connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str, tables: tuple[LoadedTable, ...]
) -> None:
    of_run = {
        "run_id": run_id,
        "raw_dir": str(settings.raw_dir),
        "reporting_currency": settings.reporting_currency,
        "reporting_timezone": settings.reporting_timezone,
        "configured_as_of_date": settings.as_of_date,
        "today": settings.today,
    }
    of_tables = [
        {
            "table_name": table.name,
            "files": table.files,
            "rows_read": table.rows_read,
            "unknown_columns": ", ".join(table.unknown_columns) or None,
        }
        for table in tables
    ]
    rows = {"settings": [of_run], "loaded_tables": of_tables}
    for table in written_tables(LOAD):
        connection.execute(f"create or replace table {table.full_name} ({table.definition})")
        marks = ", ".join(f"${column}" for column in table.columns)
        for row in table.checked(rows[table.name]):
            connection.execute(f"insert into {table.full_name} values ({marks})", row)


def _create_computed_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for schema in COMPUTED_SCHEMAS:
        connection.execute(f"create schema if not exists {schema}")
    for table in computed_tables().values():
        connection.execute(f"create table if not exists {table.full_name} ({table.definition})")


def _row_problems(inspected: Mapping[str, Sequence[InspectedFile]]) -> str:
    problems: list[str] = []
    for csv_file in (one.csv_file for files in inspected.values() for one in files if one.csv_file):
        try:
            check_rows(csv_file.file, csv_file.columns, csv_file.encoding)
        except LoadError as error:
            problems.append(str(error))
    return "\n".join(problems)


def _not_opened(path: Path, error: str) -> str:
    holder = re.search(r"lock is held in (.+) \(PID (\d+)\)", error)
    if holder:
        return (
            f"{path} is open in another process ({Path(holder[1]).name}, process id {holder[2]}). "
            "Close it or wait until it has ended, then run again; readers open the published file instead."
        )
    return (
        f"{path} cannot be opened: {error.splitlines()[0]} "
        "It holds nothing that a run does not build again: if it is broken, delete it."
    )
