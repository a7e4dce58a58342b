"""Which files of the raw folder belong to which table."""

from __future__ import annotations

import glob
import gzip
import os
import zipfile
import zlib
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from orchestration.loading.contract import Contract, Table
from orchestration.loading.errors import LoadError
from orchestration.settings import MAPPING_FILE
from orchestration.sources import nearest

FORMATS = {".csv": "CSV", ".parquet": "Parquet", ".jsonl": "JSON Lines", ".xlsx": "an Excel workbook"}
# Other endings of the same formats.
_SAME_FORMAT = {".tsv": ".csv", ".xlsm": ".xlsx"}
# How a file may be packed, and which formats are read so.
PACKED = {".gz": "gzip", ".zip": "zip"}
_PACKED_FORMATS = {".csv", ".jsonl"}


@dataclass(frozen=True)
class RawFile:
    """One file of a table; `name` is its path inside the raw folder, with `/`; `format` a key of FORMATS.

    `packed` is a key of PACKED where the file is compressed, else empty.
    """

    name: str
    path: Path
    format: str
    packed: str = ""

    @contextmanager
    def open(self) -> Generator[IO[bytes]]:
        """The bytes of the file, unpacked.

        Raises:
            LoadError: the archive is damaged, or holds several files.
        """
        try:
            if self.packed == ".gz":
                with gzip.open(self.path) as unpacked:
                    yield cast(IO[bytes], unpacked)
            elif self.packed == ".zip":
                with zipfile.ZipFile(self.path) as archive, archive.open(self._member(archive)) as stream:
                    yield stream
            else:
                with self.path.open("rb") as stream:
                    yield stream
        except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, RuntimeError, zlib.error) as error:
            raise LoadError(
                f"{self.name} cannot be unpacked ({error}): it is damaged, cut off, or needs a password. "
                "Bring it again, or unpack it."
            ) from None

    def _member(self, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
        members = packed_files(archive)
        if len(members) != 1:
            raise LoadError(
                f"{self.name} holds {len(members)} files; expected one. Unpack it: one file a table."
            )
        return members[0]


def packed_files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive, without what macOS adds to each."""
    return [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX/")
    ]


def raw_file(path: Path, raw_dir: Path) -> RawFile:
    """The file at `path`, its format known by its ending; `format` is no key of FORMATS where it is none."""
    suffix, stem = path.suffix.casefold(), path.with_suffix("")
    packed = suffix if suffix in PACKED else ""
    if packed:
        suffix = stem.suffix.casefold() or (_suffix_inside(path) if packed == ".zip" else "")
    suffix = _SAME_FORMAT.get(suffix, suffix)
    if packed and suffix not in _PACKED_FORMATS:
        suffix = packed
    return RawFile(path.relative_to(raw_dir).as_posix(), path, suffix, packed)


def _suffix_inside(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            suffixes = {Path(member.filename).suffix.casefold() for member in packed_files(archive)}
    except (zipfile.BadZipFile, OSError):
        return ""
    return suffixes.pop() if len(suffixes) == 1 else ""


@dataclass(frozen=True)
class FoundFiles:
    """The files of each table, in the order of their names; a table that is not supplied has none.

    `ignored` names what belongs to no table, with the table that was perhaps meant.
    """

    tables: Mapping[str, tuple[RawFile, ...]]
    ignored: tuple[str, ...]


def find_files(
    raw_dir: Path | None,
    contract: Contract,
    mapped: Mapping[str, Sequence[str]] | None = None,
    systems: Collection[str] = (),
    given: Collection[str] = (),
) -> FoundFiles:
    """Find `<table>.csv`, `.parquet`, `.jsonl`, `.xlsx` or the folder `<table>/` of each table.

    CSV and JSON Lines may be packed: `<table>.csv.gz`, `<table>.zip`. `mapped`: the names or patterns of the
    files of tables that are called otherwise. `systems`: folders of source systems; `given`: the tables that
    come from them, which need no file.

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
    entries = [
        entry
        for entry in sorted(raw_dir.iterdir())
        if is_visible(entry) and entry.name not in (MAPPING_FILE, *systems)
    ]
    tables: dict[str, tuple[RawFile, ...]] = {}
    problems: list[str] = []
    missing: list[Table] = []
    used: set[Path] = set()
    mapped = mapped or {}
    for table in contract.tables:
        patterns = mapped.get(table.name, ())
        own = [entry for entry in entries if _is_of_table(entry, table)] if not patterns else []
        used.update(own)
        named = [path for pattern in patterns for path in _matching(raw_dir, pattern)]
        used.update(raw_dir / path.relative_to(raw_dir).parts[0] for path in named)
        problems.extend(
            f"mapping.yml names {pattern} for {table.name}, and no file of the raw folder is called so."
            for pattern in patterns
            if not _matching(raw_dir, pattern)
        )
        own_files = (path for entry in own for path in files_in(entry, raw_dir))
        files = [raw_file(path, raw_dir) for path in dict.fromkeys([*own_files, *named])]
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
        elif table.required and not patterns and table.name not in given:
            missing.append(table)
    ignored = tuple(_ignored(entry, contract, mapped) for entry in entries if entry not in used)
    for table in missing:
        problems.append(f"{table.name} is required; looked in {raw_dir} for {_choices(table.name)}.")
    if missing and ignored:
        problems.append(f"Not used: {', '.join(ignored)}.")
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


def parquet_scan(files: Sequence[RawFile], *options: str) -> str:
    """DuckDB's scan of Parquet files, as SQL; a folder such as day=2025-01-01/ adds no column."""
    return f"read_parquet({', '.join([paths_list(files), *options, 'hive_partitioning = false'])})"


def paths_list(files: Sequence[RawFile]) -> str:
    """The paths of files as a list of DuckDB's SQL."""
    quoted = (glob.escape(str(file.path)).replace("'", "''") for file in files)
    return "[" + ", ".join(f"'{path}'" for path in quoted) + "]"


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


def _matching(raw_dir: Path, pattern: str) -> list[Path]:
    """The files whose path inside the raw folder is `pattern`, which may have * and ? in it."""
    exact = raw_dir / pattern
    found = [exact] if exact.is_file() else sorted(path for path in raw_dir.glob(pattern) if path.is_file())
    return [path for path in found if is_visible(path)]


def is_visible(entry: Path) -> bool:
    """Whether an entry of the raw folder is read at all."""
    return not entry.name.startswith((".", "_"))


def _is_of_table(entry: Path, table: Table) -> bool:
    if entry.is_dir():
        return entry.name == table.name
    return table_name_of(entry) == table.name and raw_file(entry, entry.parent).format in FORMATS


def table_name_of(path: Path) -> str:
    """The name of a file without the endings of its format and its packing."""
    stem = path.with_suffix("") if path.suffix.casefold() in PACKED else path
    return stem.stem if stem.suffix.casefold() in (*FORMATS, *_SAME_FORMAT) else stem.name


def files_in(entry: Path, raw_dir: Path) -> Iterator[Path]:
    """A file itself, or every file of a folder and of the folders in it."""
    if not entry.is_dir():
        yield entry
        return
    if entry.is_symlink() and entry.parent.resolve().is_relative_to(entry.resolve()):
        raise LoadError(
            f"{entry.relative_to(raw_dir).as_posix()} leads back to a folder that it is in: remove the link."
        )
    for child in entry.iterdir():
        if is_visible(child):
            yield from files_in(child, raw_dir)


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
        yield f"{name} is none of {', '.join(FORMATS)}: convert it, or move it out of {table.name}/."
    first_of_format = {file.format: file.name for file in reversed(files)}
    if not unusable and len(first_of_format) > 1:
        names = ", ".join(sorted(first_of_format.values()))
        yield f"{table.name}/ holds files of several formats ({names}): bring one format per table."


def _ignored(entry: Path, contract: Contract, mapped: Collection[str]) -> str:
    if table_name_of(entry) in mapped:
        return f"{_label(entry)} (mapping.yml names other files for {table_name_of(entry)})"
    table = nearest(entry.name.partition(".")[0], contract.table_names)
    if table is None:
        return _label(entry)
    file = raw_file(entry, entry.parent)
    if entry.is_dir():
        meant = f"{table}/"
    elif file.format in FORMATS:
        meant = f"{table}{file.format}{file.packed}"
    else:
        meant = _choices(table)
    return f"{_label(entry)} (did you mean {meant}?)"


def _choices(table: str) -> str:
    return ", ".join(f"{table}{suffix}" for suffix in FORMATS) + f" or {table}/"


def _label(entry: Path) -> str:
    return f"{entry.name}/" if entry.is_dir() else entry.name
