"""What the files of a raw folder are and hold, found out before anything is written or built."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.loading.contract import ERASURES, Contract, Table, read_contract
from orchestration.loading.csv_files import CsvFile, inspect_csv, inspect_excel
from orchestration.loading.errors import LoadError
from orchestration.loading.file_kinds import refuse_other_kind
from orchestration.loading.files import FoundFiles, RawFile, find_files
from orchestration.loading.json_lines_files import inspect_json_lines
from orchestration.loading.parquet_files import inspect_parquet
from orchestration.settings import Settings
from orchestration.system_errors import system_error


@dataclass(frozen=True)
class InspectedFile:
    """A file, its columns, and for CSV what its inspection found."""

    file: RawFile
    columns: tuple[str, ...]
    csv_file: CsvFile | None = None


@dataclass(frozen=True)
class LastLoad:
    """What an increment builds on: the as-of date of a release, and the files that are unchanged since."""

    as_of_date: dt.date
    unchanged: Collection[str]


@dataclass(frozen=True)
class Inspection:
    """What a raw folder holds: `found` are all of its files, `files` those of each table that were read.

    With `before`, those are the files that changed since. The list of erasures is among them.
    """

    found: FoundFiles
    files: Mapping[str, tuple[InspectedFile, ...]]
    before: LastLoad | None = None


def inspect(
    settings: Settings, contract: Contract | None = None, before: LastLoad | None = None
) -> Inspection:
    """Find the files of the raw folder and read them through, once; of an increment only those that changed.

    Raises:
        LoadError: the raw folder cannot be loaded; every problem found is named.
    """
    contract = contract or read_contract()
    contract = Contract((*contract.tables, ERASURES))
    try:
        found = find_files(settings.raw_dir, contract)
    except OSError as error:
        raise LoadError(f"{error.filename} cannot be opened: {error.strerror}.") from None
    scratch = scratch_path(settings)
    unchanged = before.unchanged if before else ()
    inspected: dict[str, tuple[InspectedFile, ...]] = {}
    problems: list[str] = []
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        for table in contract.tables:
            files: list[InspectedFile] = []
            for file in found.tables[table.name]:
                if file.name in unchanged:
                    continue
                try:
                    refuse_other_kind(file)
                    files.append(_inspect_file(connection, table, file, settings.csv_encoding, scratch))
                except LoadError as error:
                    problems.append(str(error))
                except OSError as error:
                    problems.append(f"{file.name} cannot be opened: {error.strerror}.")
            inspected[table.name] = tuple(files)
    if problems:
        raise LoadError("\n".join(problems))
    return Inspection(found, inspected, before)


def scratch_path(settings: Settings) -> Path:
    """Where a copy is kept for a moment of a file that DuckDB cannot read as it is."""
    path = settings.build_path.with_name("loading.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A run that was killed while it read left its copy, which holds raw rows.
        path.unlink(missing_ok=True)
    except OSError as error:
        raise system_error(error, settings.warehouse_dir) from None
    return path


def _inspect_file(
    connection: duckdb.DuckDBPyConnection, table: Table, file: RawFile, encoding: str, scratch: Path
) -> InspectedFile:
    if file.format == ".csv":
        csv_file = inspect_csv(table, file, encoding)
        return InspectedFile(file, csv_file.columns, csv_file)
    if file.format == ".xlsx":
        csv_file = inspect_excel(table, file)
        return InspectedFile(file, csv_file.columns, csv_file)
    if file.format == ".jsonl":
        return InspectedFile(file, inspect_json_lines(connection, table, file, scratch))
    return InspectedFile(file, inspect_parquet(connection, table, file))
