"""What the files of a raw folder are and hold, found out before anything is written or built."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from orchestration.loading.contract import ERASURES, Contract, Table, read_contract
from orchestration.loading.csv_files import CsvFile, check_rows, data_rows, inspect_csv, inspect_excel
from orchestration.loading.customer_sheet import TABLES as SHEET_TABLES
from orchestration.loading.customer_sheet import sheet_recipe
from orchestration.loading.encodings import UTF8
from orchestration.loading.errors import LoadError
from orchestration.loading.file_kinds import refuse_other_kind
from orchestration.loading.files import FoundFiles, RawFile, find_files, require_columns
from orchestration.loading.json_lines_files import inspect_json_lines
from orchestration.loading.mapped_rows import recipe_of
from orchestration.loading.mapping import SEPARATORS, CustomerSheet, RawMapping, TableMapping, read_mapping
from orchestration.loading.parquet_files import inspect_parquet
from orchestration.loading.systems import NO_SYSTEMS, SYSTEMS, FoundSystems, find_systems, inspect_systems
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
    `account_systems`: by table, the system whose ids of accounts its rows have. `mapped_tables`: those whose
    columns or values are mapped. `systems` are the objects of
    source systems.
    """

    found: FoundFiles
    files: Mapping[str, tuple[InspectedFile, ...]]
    before: LastLoad | None = None
    account_systems: Mapping[str, str] = field(default_factory=dict)
    mapped_tables: Collection[str] = ()
    systems: FoundSystems = NO_SYSTEMS


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
        mapping = read_mapping(settings.raw_dir, contract)
        systems = find_systems(settings.raw_dir)
        found = _found(settings, contract, mapping, systems)
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
                    files.append(
                        _inspect_file(connection, table, file, mapping, settings=settings, scratch=scratch)
                    )
                except LoadError as error:
                    problems.append(str(error))
                except OSError as error:
                    problems.append(f"{file.name} cannot be opened: {error.strerror}.")
            inspected[table.name] = tuple(files)
        problems.extend(inspect_systems(connection, systems, scratch))
    if problems:
        raise LoadError("\n".join(dict.fromkeys(problems)))
    changed = {name for name, mapped in mapping.content.tables.items() if mapped.changes_rows}
    return Inspection(found, inspected, before, mapping.account_systems, changed, systems)


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


def _found(settings: Settings, contract: Contract, mapping: RawMapping, systems: FoundSystems) -> FoundFiles:
    """The files of each table; of a customer sheet, those of the tables that have no others."""
    sheet = mapping.content.customer_sheet
    if sheet is None:
        return find_files(settings.raw_dir, contract, mapping.files, SYSTEMS, systems.tables)
    from_sheet = {name: sheet.files for name in SHEET_TABLES if name not in mapping.files}
    return find_files(settings.raw_dir, contract, {**mapping.files, **from_sheet}, SYSTEMS, systems.tables)


def _inspect_file(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    file: RawFile,
    mapping: RawMapping,
    *,
    settings: Settings,
    scratch: Path,
) -> InspectedFile:
    sheet = mapping.content.customer_sheet
    if sheet and table.name in SHEET_TABLES and table.name not in mapping.files:
        csv_file = _text_file(table, file, sheet, settings.csv_encoding, [*sheet.columns.values()])
        recipe = sheet_recipe(mapping, sheet, table.name, file, csv_file.columns)
        if table.name == "subscription_items":
            recipe.refuse_unclear(mapping, data_rows(csv_file))
        return _recipe_file(replace(csv_file, recipe=recipe))
    mapped = mapping.of(table.name)
    if file.format in (".csv", ".xlsx"):
        csv_file = _text_file(table, file, mapped, settings.csv_encoding, [*mapped.columns.values()])
        if mapped.changes_rows:
            found = recipe_of(mapping, table, file, csv_file.columns, settings.reporting_currency)
            require_columns(table, file, [*found.columns, *found.unknown])
            return _recipe_file(replace(csv_file, recipe=found))
        require_columns(table, file, csv_file.columns)
        return InspectedFile(file, csv_file.columns, csv_file)
    # Which columns a mapped file must have, its mapping says.
    asked = replace(table, columns=()) if mapped.changes_rows else table
    if file.format == ".jsonl":
        columns = inspect_json_lines(connection, asked, file, scratch)
    else:
        columns = inspect_parquet(connection, asked, file)
    if not mapped.changes_rows:
        return InspectedFile(file, columns)
    found = recipe_of(mapping, table, file, columns, settings.reporting_currency)
    require_columns(table, file, [*found.columns, *found.unknown])
    return _recipe_file(CsvFile(file, columns, UTF8, is_plain=False, has_quotes=True, recipe=found))


def _text_file(
    table: Table, file: RawFile, form: TableMapping | CustomerSheet, encoding: str, known: Collection[str]
) -> CsvFile:
    """A CSV file or a sheet of Excel, read as mapping.yml says or as is found out."""
    if file.format == ".xlsx":
        return inspect_excel(table, file, form.sheet)
    separator = SEPARATORS[form.delimiter] if form.delimiter else None
    found = inspect_csv(table, file, form.encoding or encoding, separator, known)
    # DuckDB sees the width of rows as they are, but of mapped ones a copy alone.
    if not found.has_quotes and (isinstance(form, CustomerSheet) or form.changes_rows):
        check_rows(found)
    return found


def _recipe_file(csv_file: CsvFile) -> InspectedFile:
    recipe = csv_file.recipe
    columns = (*recipe.columns, *recipe.unknown) if recipe else csv_file.columns
    return InspectedFile(csv_file.file, columns, replace(csv_file, is_plain=False))
