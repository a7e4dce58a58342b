"""Lands the files of a raw folder in the schema `raw` of the build database, all of them or none."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from orchestration.computed import COMPUTED_SCHEMAS, HISTORY_SOURCE, LOAD, computed_tables, written_tables
from orchestration.loading.contract import ERASURES, Contract, Table, read_contract
from orchestration.loading.csv_files import check_rows, insert_csv
from orchestration.loading.errors import LoadError
from orchestration.loading.files import RawFile
from orchestration.loading.inspection import InspectedFile, Inspection, LastLoad, inspect, scratch_path
from orchestration.loading.json_lines_files import insert_json_lines
from orchestration.loading.parquet_files import count_parquet, create_parquet_view
from orchestration.loading.systems import FoundSystems, land_systems
from orchestration.privacy.erasures import (
    KINDS,
    Privacy,
    PrivacyError,
    privacy_of,
    require_salt,
    save_erasures,
)
from orchestration.privacy.hashing import hashed, new_token
from orchestration.privacy.protection import Relation, protected
from orchestration.privacy.published_ids import with_ids_of_now
from orchestration.privacy.redaction import without_values
from orchestration.release.history import history_path, parquet_rows, shown_history
from orchestration.settings import Settings

# The rows of files by name; those of a customer sheet have the month after the name of the file.
IS_OF_FILES = "regexp_replace(_file_name, ' [[][0-9]{4}-[0-9]{2}[]]$', '') in (select unnest($names))"


# The table that says which accounts the ids of other systems are.
LINKS = "account_links"


@dataclass(frozen=True)
class LoadedTable:
    """What was read of one table; `files` is 0 where it was not supplied.

    `empty_files` hold a header alone: with them alone a table counts as not supplied.

    `unknown_columns`: the columns of its files that the contract does not name, in alphabetical order.
    `account_system`: the system whose ids of accounts its rows have, where mapping.yml names one.
    """

    name: str
    files: int
    rows_read: int
    unknown_columns: tuple[str, ...]
    empty_files: tuple[str, ...] = ()
    account_system: str | None = None


@dataclass(frozen=True)
class LoadResult:
    """What was read of every table of the contract, and what of the raw folder belongs to no table."""

    tables: tuple[LoadedTable, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True)
class _Landed:
    """A file that the build database holds: its columns and its number of rows."""

    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class _Delivery:
    """The files of one table: those that were read, those landed before, and landed ones to remove.

    `is_view`: they are Parquet in the columns of the contract, which is not copied.
    """

    files: tuple[RawFile, ...]
    read: tuple[InspectedFile, ...]
    kept: Mapping[str, _Landed] = field(default_factory=dict)
    removed: Collection[str] = ()
    is_view: bool = False

    @property
    def touched(self) -> list[str]:
        """The names of the files whose rows are others than before."""
        return sorted({*(one.file.name for one in self.read), *self.removed})

    @property
    def columns(self) -> set[str]:
        """Every column of the files."""
        return {column for one in (*self.read, *self.kept.values()) for column in one.columns}


@contextmanager
def open_build(path: Path, config: Mapping[str, Any] | None = None) -> Generator[duckdb.DuckDBPyConnection]:
    """Open the build database for writing, in UTC, with DuckDB's `config`; created where there is none.

    Raises:
        LoadError: another process has it open, or the file is no database.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(path), config=dict(config or {}))
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
    """Land the raw folder of `settings`: `raw.<table>` of every table, and what the source `load` states.

    CSV and JSON Lines become tables of text, Parquet a view over the files, an absent table an empty table;
    each has the columns of the contract, `_file_name` and `_row_number`. Files that the inspection left out
    are landed already. Computed tables that are missing are created empty. All is inspected first,
    here unless before, and written in one transaction: a stop changes nothing.

    Where PII is hashed or someone is erased, the rows are read into memory first, what does not fit into the
    temporary folder, so that the build database never holds them as they are; Parquet becomes tables then.

    Raises:
        LoadError: the raw folder cannot be loaded; every problem found is named.
        PrivacyError: someone is to be erased, and the salt or the list is wrong.
    """
    contract = contract or read_contract()
    inspection = inspection or inspect(settings, contract)
    before, scratch = inspection.before, scratch_path(settings)
    landed = _landed_files(connection) if before else {}
    deliveries = {
        table.name: _delivery(inspection, table.name, landed.get(table.name, {})) for table in contract.tables
    }
    privacy = privacy_of(settings)
    is_protected = privacy.hashes or bool(privacy.erasures) or bool(inspection.files[ERASURES.name])
    if is_protected and inspection.systems.files:
        raise LoadError(
            f"{inspection.systems.files[0].file.name}: ids in the objects of a source system cannot be "
            "hashed or erased yet, and nothing was loaded. Move the system's folder away, or bring its "
            "data as tables of the contract."
        )
    try:
        queries: Mapping[str, str] = {}
        rows: dict[str, dict[str, int]] = {}
        if is_protected:
            erasures = _delivery(inspection, ERASURES.name, {})
            rows = _land_plain(connection, contract, {**deliveries, ERASURES.name: erasures}, scratch)
            queries = _protect(connection, settings, contract, privacy)
        connection.begin()
        connection.execute("create schema if not exists raw")
        for table in contract.tables:
            if is_protected:
                _land_protected(connection, table, deliveries[table.name], queries[table.name])
            else:
                rows[table.name] = _land_table(connection, table, deliveries[table.name], scratch)
        systems = inspection.account_systems
        tables = tuple(
            replace(
                _with_systems(_loaded(table, deliveries[table.name], rows[table.name]), inspection.systems),
                account_system=systems.get(table.name),
            )
            for table in contract.tables
        )
        _refuse_empty(contract, tables, deliveries)
        growing = [table.name for table in contract.tables if table.grows and before]
        _write_report(
            connection,
            {
                "settings": [_settings_row(settings, run_id, before)],
                "loaded_tables": [_table_row(table) for table in tables],
                "loaded_files": _file_rows(deliveries, rows),
                "changed_files": [
                    {"table_name": name, "file_name": file}
                    for name in growing
                    for file in _changed(deliveries, name, systems)
                ],
                "system_objects": [],
            },
        )
        land_systems(connection, inspection.systems.files, scratch)
        _create_computed_tables(connection)
        _show_history(connection, settings)
        connection.commit()
    except duckdb.Error as error:
        _roll_back(connection)
        problems = _row_problems(deliveries) if isinstance(error, duckdb.InvalidInputException) else ""
        raise LoadError(
            problems or f"The raw files could not be landed: {without_values(str(error))}"
        ) from error
    except BaseException:
        _roll_back(connection)
        raise
    return LoadResult(tables=tables, ignored=(*inspection.found.ignored, *inspection.systems.ignored))


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    # None has begun yet, or DuckDB has ended it itself where it could not write.
    with suppress(duckdb.TransactionException):
        connection.rollback()


def _landed_files(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, _Landed]]:
    """The files that the build database holds, of each table."""
    landed: dict[str, dict[str, _Landed]] = {}
    for table, file, columns, rows in connection.execute(
        "select table_name, file_name, columns, rows_read from raw.loaded_files"
    ).fetchall():
        landed.setdefault(table, {})[file] = _Landed(tuple(json.loads(columns)), rows)
    return landed


def _delivery(inspection: Inspection, table: str, landed: Mapping[str, _Landed]) -> _Delivery:
    files, read = inspection.found.tables[table], inspection.files[table]
    names = {one.file.name for one in read}
    kept = {file.name: landed[file.name] for file in files if file.name not in names}
    is_view = bool(files) and files[0].format == ".parquet" and table not in inspection.mapped_tables
    return _Delivery(files, read, kept, landed.keys() - kept.keys(), is_view)


def _refuse_empty(
    contract: Contract, loaded: Sequence[LoadedTable], deliveries: Mapping[str, _Delivery]
) -> None:
    """Stop where a required table has no rows; raises LoadError."""
    required = {table.name for table in contract.tables if table.required}
    problems = [
        f"{table.name} is required, and {', '.join(table.empty_files)} "
        f"{'holds' if len(table.empty_files) == 1 else 'hold'} a header and no rows: "
        "export it again with rows."
        for table in loaded
        if table.name in required and deliveries[table.name].files and not table.rows_read
    ]
    if problems:
        raise LoadError("\n".join(problems))


def _changed(deliveries: Mapping[str, _Delivery], table: str, systems: Mapping[str, str]) -> list[str]:
    """The files of a growing table whose rows are others than before; all where their accounts may be."""
    delivery = deliveries[table]
    if table in systems and deliveries[LINKS].touched:
        return sorted({*delivery.touched, *(file.name for file in delivery.files)})
    return delivery.touched


def _land_table(
    connection: duckdb.DuckDBPyConnection, table: Table, delivery: _Delivery, scratch: Path
) -> dict[str, int]:
    """Land what is not landed yet; the rows of each file that was read."""
    files = delivery.files
    if delivery.is_view:
        _drop(connection, table.name)
        create_parquet_view(connection, table, files, delivery.columns)
        return {one.file.name: count_parquet(connection, one.file) for one in delivery.read}
    if delivery.kept:
        connection.execute(
            f'delete from raw."{table.name}" where {IS_OF_FILES}',
            {"names": delivery.touched},
        )
    else:
        _drop(connection, table.name)
        texts = ", ".join(f'"{name}" varchar' for name in (*table.column_names, "_file_name"))
        connection.execute(f'create table raw."{table.name}" ({texts}, _row_number bigint)')
    return {one.file.name: _insert(connection, table, one, scratch) for one in delivery.read}


def _land_plain(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    deliveries: Mapping[str, _Delivery],
    scratch: Path,
) -> dict[str, dict[str, int]]:
    """Read the files into a database in memory, `plain`; the rows of each file that was read."""
    (build,) = connection.execute("select current_catalog()").fetchall()[0]
    connection.execute("attach ':memory:' as plain (compress)")
    connection.execute("use plain")
    try:
        connection.execute("create schema raw")
        return {
            table.name: _land_table(connection, table, _anew(deliveries[table.name]), scratch)
            for table in (*contract.tables, ERASURES)
        }
    finally:
        connection.execute(f'use "{build}"')


def _anew(delivery: _Delivery) -> _Delivery:
    """The delivery into an empty table; of Parquet, files landed before are read again."""
    return delivery if delivery.is_view else replace(delivery, kept={})


def _protect(
    connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract, privacy: Privacy
) -> Mapping[str, str]:
    """A query for each table that gives its rows in `plain` without PII; who is erased is kept before."""
    listed = _listed_erasures(connection)
    if listed:
        require_salt(settings)
    tokens = dict(privacy.erasures.tokens)
    for kind, value in listed:
        tokens.setdefault((kind, hashed(settings.hash_salt, value)), new_token())
    for account, elsewhere in _linked_ids(connection) if tokens else ():
        if ("account", hashed(settings.hash_salt, account)) in tokens:
            tokens.setdefault(("account", hashed(settings.hash_salt, elsewhere)), new_token())
    known = replace(privacy, erasures=replace(privacy.erasures, tokens=tokens))
    relations = [
        Relation(
            table.name,
            f'plain.raw."{table.name}"',
            {column.name: column.contains_pii for column in table.columns}
            | {"_file_name": None, "_row_number": None},
        )
        for table in contract.tables
    ]
    found = protected(connection, relations, known)
    if found.privacy.erasures.tokens != privacy.erasures.tokens:
        save_erasures(settings, replace(found.privacy.erasures, is_purged=False))
    return found.queries


def _linked_ids(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Accounts with their ids in other systems, without ids that another account has too."""
    return connection.execute(f"""
        with links as (
            select distinct trim(cast(account_id as varchar)) as account_id,
                trim(cast(source_id as varchar)) as source_id
            from plain.raw.{LINKS}
        )
        select account_id, source_id from links
        where account_id is not null
            and source_id not in (
                select trim(cast(account_id as varchar)) from plain.raw.accounts where account_id is not null
            )
        qualify count(*) over (partition by source_id) = 1
        order by account_id, source_id
    """).fetchall()


def _listed_erasures(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """The accounts and users that the list names; a row that names none stops, because it would be missed.

    Raises:
        PrivacyError: a row has another kind, or no id.
    """
    rows = connection.execute(
        f"select distinct trim(cast(kind as varchar)), trim(cast(id as varchar)), _file_name, _row_number "
        f"from plain.raw.{ERASURES.name} order by _file_name, _row_number"
    ).fetchall()
    wrong = [f"{file}, row {number}" for kind, value, file, number in rows if kind not in KINDS or not value]
    if wrong:
        raise PrivacyError(
            f"{wrong[0]}{f' and {len(wrong) - 1} more rows' if wrong[1:] else ''}: expected a kind, "
            f"{' or '.join(KINDS)}, and an id. Nothing was loaded, so that no erasure "
            "is missed; correct the list."
        )
    return list(dict.fromkeys((kind, value) for kind, value, _, _ in rows))


def _land_protected(
    connection: duckdb.DuckDBPyConnection, table: Table, delivery: _Delivery, query: str
) -> None:
    """Write what was read of a table; rows that are landed already stay, but not beside Parquet."""
    if delivery.kept and not delivery.is_view:
        connection.execute(
            f'delete from raw."{table.name}" where {IS_OF_FILES}',
            {"names": delivery.touched},
        )
        connection.execute(f'insert into raw."{table.name}" {query}')
        return
    _drop(connection, table.name)
    connection.execute(f'create table raw."{table.name}" as {query}')


def _loaded(table: Table, delivery: _Delivery, read: Mapping[str, int]) -> LoadedTable:
    by_file = {**read, **{name: one.rows for name, one in delivery.kept.items()}}
    rows = sum(by_file.values())
    empty = tuple(sorted(name for name, count in by_file.items() if not count))
    unknown = tuple(sorted(delivery.columns.difference(table.column_names)))
    files = len(delivery.files) if rows else 0
    return LoadedTable(table.name, files, rows, unknown, empty)


def _with_systems(table: LoadedTable, systems: FoundSystems) -> LoadedTable:
    """The table, with the files of objects that it comes from too; models count the rows of these."""
    return replace(table, files=table.files + sum(table.name in one.tables for one in systems.files))


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


def _settings_row(settings: Settings, run_id: str, before: LastLoad | None) -> Mapping[str, object]:
    return {
        "run_id": run_id,
        "raw_dir": str(settings.raw_dir),
        "reporting_currency": settings.reporting_currency,
        "reporting_timezone": settings.reporting_timezone,
        "configured_as_of_date": settings.as_of_date,
        "last_as_of_date": before.as_of_date if before else None,
        "today": settings.today,
        "loaded_at": settings.now,
        "close_day": settings.close_day,
    }


def _table_row(table: LoadedTable) -> Mapping[str, object]:
    return {
        "table_name": table.name,
        "files": table.files,
        "rows_read": table.rows_read,
        "unknown_columns": ", ".join(table.unknown_columns) or None,
        "account_system": table.account_system,
    }


def _file_rows(
    deliveries: Mapping[str, _Delivery], read: Mapping[str, Mapping[str, int]]
) -> list[Mapping[str, object]]:
    landed = {
        (table, name): one for table, delivery in deliveries.items() for name, one in delivery.kept.items()
    } | {
        (table, one.file.name): _Landed(one.columns, read[table][one.file.name])
        for table, delivery in deliveries.items()
        for one in delivery.read
    }
    return [
        {
            "table_name": table,
            "file_name": name,
            "columns": json.dumps(one.columns, ensure_ascii=False),
            "rows_read": one.rows,
        }
        for (table, name), one in landed.items()
    ]


def _write_report(
    connection: duckdb.DuckDBPyConnection, rows: Mapping[str, Sequence[Mapping[str, object]]]
) -> None:
    for table in written_tables(LOAD):
        connection.execute(f"create or replace table {table.full_name} ({table.definition})")
        marks = ", ".join(f"${column}" for column in table.columns)
        checked = table.checked(rows[table.name])
        if checked:
            connection.executemany(f"insert into {table.full_name} values ({marks})", checked)


def _create_computed_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for schema in COMPUTED_SCHEMAS:
        connection.execute(f"create schema if not exists {schema}")
    for table in computed_tables().values():
        connection.execute(f"create table if not exists {table.full_name} ({table.definition})")


def _show_history(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Have the source `history` show what the last release holds; nothing where there is none."""
    privacy = privacy_of(settings)
    connection.execute(f"drop schema if exists {HISTORY_SOURCE} cascade")
    connection.execute(f"create schema {HISTORY_SOURCE}")
    for table in written_tables(HISTORY_SOURCE):
        path = history_path(settings.warehouse_dir, table.name).resolve()
        rows = parquet_rows(path)
        there = connection.execute(f"describe from {rows}").fetchall() if path.exists() else []
        query = shown_history(table, [name for name, *_ in there], rows)
        if not (privacy.hashes or privacy.erasures):
            connection.execute(f"create view {table.full_name} as {query}")
        elif "account_id" not in table.columns:
            # A copy, because an erasure writes the release anew under another name.
            connection.execute(f"create table {table.full_name} as {query}")
        else:
            with with_ids_of_now(connection, f"({query})", partial(privacy.published, "account")) as shown:
                connection.execute(f"create table {table.full_name} as {shown}")


def _row_problems(deliveries: Mapping[str, _Delivery]) -> str:
    problems: list[str] = []
    for csv_file in (
        one.csv_file for delivery in deliveries.values() for one in delivery.read if one.csv_file
    ):
        try:
            check_rows(csv_file)
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
