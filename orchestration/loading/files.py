"""Which files of the raw folder belong to which table."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.loading.contract import Contract, Table
from orchestration.loading.errors import LoadError
from orchestration.sources import nearest

FORMATS = {".csv": "CSV", ".parquet": "Parquet", ".jsonl": "JSON Lines"}


@dataclass(frozen=True)
class RawFile:
    """One file of a table; `name` is its path inside the raw folder, with `/`; `format` a key of FORMATS."""

    name: str
    path: Path
    format: str


@dataclass(frozen=True)
class FoundFiles:
    """The files of each table, in the order of their names; a table that is not supplied has none.

    `ignored` names what belongs to no table, with the table that was perhaps meant.
    """

    tables: Mapping[str, tuple[RawFile, ...]]
    ignored: tuple[str, ...]


def find_files(raw_dir: Path | None, contract: Contract) -> FoundFiles:
    """Find `<table>.csv`, `.parquet`, `.jsonl` or the folder `<table>/`, with folders in it, of each table.

    Names that begin with `_` or `.` are passed over.

    Raises:
        LoadError: no such folder, a required table is missing, a table is there twice, or its folder holds
            files of several formats or of none.
    """
    if raw_dir is None or not raw_dir.is_dir():
        asked = "No raw folder is set" if raw_dir is None else f"The raw folder {raw_dir} is not there"
        needed = ", ".join(table.name for table in contract.tables if table.required)
        raise LoadError(
            f"{asked}. Set CSKPI_RAW_DIR to a folder that holds at least {needed}, "
            f"each as a {', '.join(FORMATS)} file or a folder of such files."
        )
    _refuse_unreadable_names(raw_dir)
    entries = [entry for entry in sorted(raw_dir.iterdir()) if _is_visible(entry)]
    tables: dict[str, tuple[RawFile, ...]] = {}
    problems: list[str] = []
    missing: list[Table] = []
    used: set[Path] = set()
    for table in contract.tables:
        own = [entry for entry in entries if _is_of_table(entry, table)]
        used.update(own)
        files = [
            RawFile(path.relative_to(raw_dir).as_posix(), path, path.suffix.casefold())
            for entry in own
            for path in _files_in(entry, raw_dir)
        ]
        problems.extend(
            f"{file.name} is neither a file nor a folder but a pipe, a socket or a device: "
            "save what comes through it as a file."
            for file in files
            if file.path.exists() and not file.path.is_file()
        )
        tables[table.name] = tuple(sorted(files, key=lambda file: file.name))
        if len(own) > 1:
            names = ", ".join(_label(entry) for entry in own)
            problems.append(f"{table.name} is there more than once ({names}): move all but one away.")
        elif files:
            problems.extend(_format_problems(table, tables[table.name]))
        elif table.required:
            missing.append(table)
    ignored = tuple(_ignored(entry, contract) for entry in entries if entry not in used)
    for table in missing:
        beside = f" Not used: {', '.join(ignored)}." if ignored else ""
        problems.append(f"{table.name} is required; looked in {raw_dir} for {_choices(table.name)}.{beside}")
    if problems:
        raise LoadError("\n".join(problems))
    return FoundFiles(tables=tables, ignored=ignored)


def require_columns(table: Table, file: RawFile, columns: Collection[str]) -> None:
    """Check that every required column of the table is one of `columns`, letter by letter.

    Raises:
        LoadError: one line per missing column, with the column that was perhaps meant.
    """
    problems = []
    for name in table.required_columns:
        if name not in columns:
            near = nearest(name, columns)
            meant = (
                f"Did you mean {near}? Rename it." if near else "Add it, or rename the column that holds it."
            )
            problems.append(
                f"{file.name} has no column {name}, which {table.name} needs. {meant} "
                f"{_named(table, file, columns)}"
            )
    if problems:
        raise LoadError("\n".join(problems))


def _named(table: Table, file: RawFile, columns: Collection[str]) -> str:
    """The columns of a file, unless its first line may be a row, whose values belong into no log."""
    if file.format != ".csv" or set(columns) & set(table.column_names):
        return f"Its columns: {_listed(columns)}."
    return (
        f"It has none of the columns of {table.name}: is its first line a row, and the line of names missing?"
    )


def _listed(columns: Collection[str], most: int = 12) -> str:
    more = f" and {len(columns) - most} more" if len(columns) > most else ""
    return ", ".join(list(columns)[:most]) + more


def _is_visible(entry: Path) -> bool:
    return not entry.name.startswith((".", "_"))


def _is_of_table(entry: Path, table: Table) -> bool:
    if entry.is_dir():
        return entry.name == table.name
    return entry.stem == table.name and entry.suffix.casefold() in FORMATS


def _files_in(entry: Path, raw_dir: Path) -> Iterator[Path]:
    if not entry.is_dir():
        yield entry
        return
    if entry.is_symlink() and entry.parent.resolve().is_relative_to(entry.resolve()):
        raise LoadError(
            f"{entry.relative_to(raw_dir).as_posix()} leads back to a folder that it is in: remove the link."
        )
    for child in entry.iterdir():
        if _is_visible(child):
            yield from _files_in(child, raw_dir)


def _refuse_unreadable_names(raw_dir: Path) -> None:
    # Python keeps bytes that are not UTF-8 in a name, but no database takes them as text.
    problems = [
        f"{os.fsencode(path.relative_to(raw_dir))!r} in {raw_dir}: the name is not UTF-8. Rename the file."
        for path in sorted(raw_dir.rglob("*"))
        if any("\ud800" <= character <= "\udfff" for character in path.name)
    ]
    if problems:
        raise LoadError("\n".join(problems))


def _format_problems(table: Table, files: tuple[RawFile, ...]) -> Iterator[str]:
    unusable = [file.name for file in files if file.format not in FORMATS]
    for name in unusable:
        yield f"{name} is neither .csv, .parquet nor .jsonl: convert it, or move it out of {table.name}/."
    first_of_format = {file.format: file.name for file in reversed(files)}
    if not unusable and len(first_of_format) > 1:
        names = ", ".join(sorted(first_of_format.values()))
        yield f"{table.name}/ holds files of several formats ({names}): bring one format per table."


def _ignored(entry: Path, contract: Contract) -> str:
    table = nearest(entry.name.partition(".")[0], contract.table_names)
    if table is None:
        return _label(entry)
    suffix = entry.suffix.casefold()
    if entry.is_dir():
        meant = f"{table}/"
    elif suffix in FORMATS:
        meant = f"{table}{suffix}"
    else:
        meant = _choices(table)
    return f"{_label(entry)} (did you mean {meant}?)"


def _choices(table: str) -> str:
    return ", ".join(f"{table}{suffix}" for suffix in FORMATS) + f" or {table}/"


def _label(entry: Path) -> str:
    return f"{entry.name}/" if entry.is_dir() else entry.name
