"""A draft of mapping.yml from headers that look like known ones, for a person to read and correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.loading.contract import Contract, Table
from orchestration.loading.csv_files import inspect_csv, inspect_excel
from orchestration.loading.errors import LoadError
from orchestration.loading.files import FORMATS, RawFile, raw_file
from orchestration.loading.known_names import known, plain
from orchestration.loading.mapping import RawMapping
from orchestration.settings import Settings

# A file whose name says nothing is taken for a table only where this share of the required columns is found.
_LEAST_SHARE = 0.6


@dataclass(frozen=True)
class ProposedTable:
    """What is proposed for one table: its file, its columns by those of the contract, and what is open."""

    table: str
    file: str
    columns: Mapping[str, str]
    missing: Sequence[str] = field(default_factory=tuple)
    unused: Sequence[str] = field(default_factory=tuple)


def proposals(settings: Settings, contract: Contract, mapping: RawMapping) -> list[ProposedTable]:
    """A proposal for each table that mapping.yml does not name and that has other names."""
    raw_dir = settings.raw_dir
    if raw_dir is None or not raw_dir.is_dir():
        return []
    found: dict[str, ProposedTable] = {}
    shares: dict[str, float] = {}
    sheets = mapping.content.customer_sheet.files if mapping.content.customer_sheet else ()
    named = {*sheets, *(name for files in mapping.files.values() for name in files)}
    for path in sorted(raw_dir.iterdir()):
        file = raw_file(path, raw_dir)
        if not path.is_file() or path.name.startswith((".", "_")) or file.format not in (".csv", ".xlsx"):
            continue
        if file.name in named:
            continue
        header = _header(settings, contract, file)
        table, share = _table(contract, file, header)
        if table is None or table.name in mapping.content.tables or share <= shares.get(table.name, -1):
            continue
        columns = _columns(table, header)
        is_as_it_should_be = _stem(file) == table.name and all(
            name == other for name, other in columns.items()
        )
        if is_as_it_should_be:
            found.pop(table.name, None)
        else:
            found[table.name] = ProposedTable(
                table.name,
                file.name,
                columns,
                tuple(name for name in table.required_columns if name not in columns),
                tuple(name for name in header if name not in columns.values()),
            )
        shares[table.name] = 2 if is_as_it_should_be else share
    order = contract.table_names
    return sorted(found.values(), key=lambda one: order.index(one.table))


def draft(tables: Sequence[ProposedTable]) -> str:
    """The proposals as a mapping.yml, with what a person has to decide as comments."""
    lines = [
        "# A draft that `make check` wrote from headers that look like known ones. Read it, correct it, and",
        "# save it as mapping.yml beside the raw files. docs/bring-your-data.md says what else it may hold.",
        "tables:",
    ]
    for one in tables:
        lines += [f"  {one.table}:", f"    files: {_quoted(one.file)}"]
        # Its words are read, such as monthly or 年額; a column that counts says more than they do.
        billing = one.columns.get("billing_interval", "")
        has_words = billing not in ("", "billing_interval") and "billing_interval_count" not in one.columns
        if has_words:
            lines += [f"    billing: {_quoted(billing)}"]
        renamed = {name: other for name, other in one.columns.items() if name != other}
        if has_words:
            del renamed["billing_interval"]
        if renamed:
            lines += ["    columns:"]
            lines += [f"      {name}: {_quoted(other)}" for name, other in renamed.items()]
        if one.missing:
            lines += ["    # Required, and no column looks like it: name it, or give every row one value."]
            lines += ["    # constants:", *(f"    #   {name}: ..." for name in one.missing)]
        if one.unused:
            lines += [f"    # Not used: {', '.join(one.unused)}"]
    return "\n".join(lines) + "\n"


def _header(settings: Settings, contract: Contract, file: RawFile) -> tuple[str, ...]:
    names = [name for others in known("columns").values() for name in others]
    try:
        if file.format == ".xlsx":
            return inspect_excel(contract.tables[0], file).columns
        table = Table(
            "any", "", False, (), tuple(column for one in contract.tables for column in one.columns)
        )
        return inspect_csv(table, file, settings.csv_encoding, known=names).columns
    except (LoadError, OSError):
        return ()


def _table(contract: Contract, file: RawFile, header: Sequence[str]) -> tuple[Table | None, float]:
    """The table that a file holds by its name, else by its columns; and the required columns' share found."""
    by_name = known("tables")
    stem = plain(_stem(file))
    shares = {
        table.name: len(_columns(table, header).keys() & {*table.required_columns})
        / len(table.required_columns)
        for table in contract.tables
        if table.required_columns
    }
    for table in contract.tables:
        if stem == plain(table.name) or stem in by_name.get(table.name, ()):
            return table, shares.get(table.name, 0) + 1
    sizes = {table.name: len(_columns(table, header)) for table in contract.tables}
    best = max(contract.tables, key=lambda table: (shares.get(table.name, 0), sizes[table.name]))
    is_likely = shares.get(best.name, 0) >= _LEAST_SHARE and len(best.required_columns) > 1
    return (best, shares[best.name]) if is_likely else (None, 0)


def _columns(table: Table, header: Sequence[str]) -> dict[str, str]:
    """The columns of a header that are, or look like, columns of the table; each is used once."""
    free = dict.fromkeys(header)
    found: dict[str, str] = {}
    for names in (
        {name: [plain(name)] for name in table.column_names},
        {name: known("columns").get(name, ()) for name in table.column_names},
    ):
        for name, others in names.items():
            if name in found:
                continue
            match = next((other for word in others for other in free if plain(other) == word), None)
            if match is not None:
                found[name] = match
                del free[match]
    return {name: found[name] for name in table.column_names if name in found}


def _stem(file: RawFile) -> str:
    stem = file.path.with_suffix("") if file.packed else file.path
    return stem.stem if stem.suffix.casefold() in (*FORMATS, ".tsv", ".xlsm") else stem.name


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
