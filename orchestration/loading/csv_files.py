"""CSV files: what they must be, what is wrong with them, and how they land.

DuckDB reads the rows, but it can lose, in silence, those that follow a quote which it takes for the beginning
of a value and which is never closed. Python's csv module therefore reads a file with quotes through first; of
a file that the two might read differently, DuckDB is given a plain copy.
"""

from __future__ import annotations

import codecs
import csv
import glob
import io
import re
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.loading.contract import Table
from orchestration.loading.customer_sheet import SheetRecipe
from orchestration.loading.encodings import AUTO, CHUNK_BYTES, UTF8, file_encoding, shown_encoding
from orchestration.loading.errors import LoadError
from orchestration.loading.excel_files import sheet_of, sheet_rows
from orchestration.loading.file_kinds import refuse_unmarked_utf16
from orchestration.loading.files import RawFile
from orchestration.loading.mapped_rows import Recipe
from orchestration.loading.spelling import has_other_comma, is_number, spelled
from orchestration.loading.text_rows import text_rows

LONGEST_ROW = 2_000_000  # characters, each of at most four bytes
# What may separate columns, found out from the header; the first where two would do.
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
OTHER_SEPARATORS = {"|": "bars"}
_MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# A quote after a space begins a value for DuckDB and is a part of it for Python.
QUOTE_AFTER_SPACE = {
    separator: re.compile(rf'(?:^|{re.escape(separator)})[^\S{separator}]+"')
    for separator in (*SEPARATORS, *OTHER_SEPARATORS)
}
# No value is this text, so NULL from DuckDB is always the padding of a row that is too short.
NEVER_A_VALUE = "\x01\x02"
REFUSED = {"\0": "a NUL byte", NEVER_A_VALUE: "the control characters 0x01 0x02"}


@dataclass(frozen=True)
class CsvFile:
    """An inspected file: its columns, stripped, its encoding, and whether DuckDB can read it as it is.

    A column without a name is called by its position, as in `(column 3)`.
    """

    file: RawFile
    columns: tuple[str, ...]
    encoding: str
    is_plain: bool
    separator: str = ","
    has_quotes: bool = False
    sheet: str | None = None
    recipe: Recipe | SheetRecipe | None = None

    @property
    def landed_columns(self) -> tuple[str, ...]:
        """The columns in which its rows land."""
        return self.recipe.columns if self.recipe else self.columns

    @property
    def read_as(self) -> str:
        """What was found out about the file; empty for UTF-8 with commas."""
        if self.sheet is not None:
            return f"sheet {self.sheet}"
        if self.file.format != ".csv":
            return ""
        found = [] if self.encoding == UTF8 else [shown_encoding(self.encoding)]
        return ", ".join([*found, *([SEPARATORS[self.separator]] if self.separator != "," else [])])


def inspect_csv(
    table: Table,
    file: RawFile,
    encoding: str,
    asked_separator: str | None = None,
    known: Collection[str] = (),
) -> CsvFile:
    """Read the header, and read the file through for its encoding, its line endings and its quotes.

    `known`: names by which the separator is found out, besides the columns of the contract.

    Raises:
        LoadError: the file is empty, has another encoding or separator, a column twice, or broken quotes.
    """
    if encoding == AUTO:
        refuse_unmarked_utf16(file)
    encoding = file_encoding(file, encoding)
    has_text = has_quotes = False
    feeds = returns = pairs = 0
    last = ""
    if not codecs.lookup(encoding).name.startswith("utf-16"):
        refuse_unmarked_utf16(file)
    for text in _decoded(file, encoding):
        has_text = has_text or bool(text.strip())
        has_quotes = has_quotes or '"' in text
        feeds += text.count("\n")
        returns += text.count("\r")
        pairs += text.count("\r\n") + (last == "\r" and text.startswith("\n"))
        # A piece may end inside what is refused.
        if any(refused in last + text for refused in REFUSED):
            raise LoadError(_refused(file, encoding))
        last = text[-1:]
    if not has_text:
        raise LoadError(f"{file.name} is empty: a header line was expected.")
    separator = asked_separator or _separator({*table.column_names, *known}, file, encoding)
    columns = _columns(file, encoding, separator)
    is_plain = encoding == UTF8 and not file.packed
    csv_file = CsvFile(file, columns, encoding, is_plain, separator, has_quotes)
    if has_quotes:
        are_read_alike = check_rows(csv_file)
    else:
        are_read_alike = sum(count > 0 for count in (pairs, feeds - pairs, returns - pairs)) <= 1
    return replace(csv_file, is_plain=is_plain and are_read_alike)


def inspect_excel(table: Table, file: RawFile, sheet: str | None = None) -> CsvFile:
    """Read a sheet through: the one asked for, or the one that is the table.

    Raises:
        LoadError: the workbook cannot be read, the sheet is not certain, a column is there twice, or a row is
            wider than the header.
    """
    name = sheet_of(file, sheet, table.name)
    _, names, _ = next(iter(sheet_rows(file, name)), (1, [], ""))
    columns = _named_columns(file, names)
    found = CsvFile(file, columns, UTF8, is_plain=False, has_quotes=True, sheet=name)
    check_rows(found)
    return found


def check_rows(csv_file: CsvFile) -> bool:
    """Read every row: slower than DuckDB (about a million rows a second), but exact about the line.

    Returns whether DuckDB reads the rows alike: they end alike, and no quote follows a space.

    Raises:
        LoadError: a row is not as wide as the header, is too long or has broken quotes.
    """
    file, columns, separator = csv_file.file, csv_file.columns, csv_file.separator
    mark = _MARKS[separator]
    endings: set[str] = set()
    is_plain = True
    for line, row, text in _rows_of(csv_file):
        if row and len(row) != len(columns):
            raise LoadError(
                f"{file.name}, line {line}: {_count(len(row), 'value')} where the header has "
                f"{_count(len(columns), 'column')}. Put a value with a {mark} or a line break in quotes."
            )
        endings.add(text[len(text.rstrip("\r\n")) :])
        is_plain = is_plain and not QUOTE_AFTER_SPACE[separator].search(text)
    return is_plain and len(endings - {""}) <= 1


def insert_csv(connection: duckdb.DuckDBPyConnection, table: Table, csv_file: CsvFile, scratch: Path) -> int:
    """Append the rows of an inspected file to `raw.<table>`; empty values become NULL. Returns their number.

    `scratch` is where the copy is kept meanwhile of a file that DuckDB cannot read as it is.

    Raises:
        duckdb.Error: DuckDB cannot read the rows; `check_rows` says which.
    """
    position_of = {column: position for position, column in enumerate(csv_file.landed_columns)}
    width = len(position_of) + (2 if csv_file.recipe else 0)
    places = ["$name", "row_number() over ()"]
    if csv_file.recipe:
        places = [f"coalesce(c{width - 2}, $name)", f"c{width - 1}::bigint"]
    separator = csv_file.separator if csv_file.is_plain else ","
    with _plain(csv_file, scratch) as path:
        # DuckDB ignores one empty value too many, as in `1,two,three,`; padding and one column more than the
        # header show it. Several threads could split the file inside a quoted value, so one reads it.
        rows = f"""read_csv(
            $path, auto_detect = false, header = true, delim = '{separator}',
            quote = '"', escape = '"',
            strict_mode = true, null_padding = true, nullstr = '{NEVER_A_VALUE}', parallel = false,
            compression = 'none', max_line_size = {4 * LONGEST_ROW},
            columns = {{{", ".join(f"'c{position}': 'varchar'" for position in range(width + 1))}}}
        )"""
        place = {"path": glob.escape(str(path))}
        with_other_commas = _with_other_commas(connection, table, csv_file, rows, place)
        values = [
            spelled(
                f"nullif(c{position_of[column.name]}, '')",
                column,
                are_commas_thousands=csv_file.separator != ";" and column.name not in with_other_commas,
            )
            if column.name in position_of
            else "null"
            for column in table.columns
        ]
        sql = f"""
            insert into raw."{table.name}"
            select {", ".join([*values, *places])}
            from {rows}
            where case
                when c{width - 1} is null or c{width} is not null then error('wrong width') else true
            end
        """
        inserted = connection.execute(sql, {"name": csv_file.file.name, **place}).fetchone()
    return inserted[0] if inserted else 0


def _with_other_commas(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    csv_file: CsvFile,
    rows: str,
    place: Mapping[str, str],
) -> set[str]:
    """The columns of numbers in which a comma somewhere marks no thousands: none there is sure to.

    Only quotes let a value hold the comma that separates columns.
    """
    numbers = [
        column.name for column in table.columns if is_number(column) and column.name in csv_file.columns
    ]
    if not numbers or csv_file.separator == ";" or (csv_file.separator == "," and not csv_file.has_quotes):
        return set()
    positions = [csv_file.landed_columns.index(name) for name in numbers]
    conditions = ", ".join(f"coalesce(bool_or({has_other_comma(f'c{place}')}), false)" for place in positions)
    found = connection.execute(f"select {conditions} from {rows}", dict(place)).fetchall()
    return {name for name, is_found in zip(numbers, found[0], strict=True) if is_found}


@contextmanager
def _plain(csv_file: CsvFile, scratch: Path) -> Generator[Path]:
    """The file, or a copy of it in UTF-8 with every value in quotes."""
    if csv_file.is_plain:
        yield csv_file.file.path
        return
    try:
        with scratch.open("w", encoding="utf-8", newline="") as copy:
            writer = csv.writer(copy, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerows(_landed_rows(csv_file))
        yield scratch
    finally:
        scratch.unlink(missing_ok=True)


def _landed_rows(csv_file: CsvFile) -> Iterator[Sequence[str]]:
    """The header and the rows of the copy that DuckDB reads; mapped ones say where they come from."""
    if not csv_file.recipe:
        yield from (row for _, row, _ in _rows_of(csv_file) if row)
        return
    yield [*csv_file.recipe.columns, "_file_name", "_row_number"]
    for row in csv_file.recipe.rows(data_rows(csv_file)):
        yield [*row.values, row.file_name, str(row.row_number)]


def data_rows(csv_file: CsvFile) -> Iterator[list[str]]:
    """The rows of the file, without its header and blank ones, each as wide as the header."""
    width = len(csv_file.columns)
    rows = (row for _, row, _ in _rows_of(csv_file) if row)
    next(rows, None)
    for row in rows:
        yield row + [""] * (width - len(row))


def _rows_of(csv_file: CsvFile) -> Iterator[tuple[int, list[str], str]]:
    if csv_file.sheet is not None:
        return sheet_rows(csv_file.file, csv_file.sheet)
    if csv_file.file.format in (".jsonl", ".parquet"):
        return text_rows(csv_file.file, csv_file.columns)
    return _rows(csv_file.file, csv_file.encoding, csv_file.separator)


def _rows(file: RawFile, encoding: str, separator: str) -> Iterator[tuple[int, list[str], str]]:
    """Each row from the header on: the line it begins on, its values (none in a blank line), its text."""
    text: list[str] = []

    def lines(stream: Iterator[str]) -> Iterator[str]:
        for line in stream:
            text.append(line)
            yield line

    line = 1
    usual_limit = csv.field_size_limit(LONGEST_ROW)
    try:
        with _texts(file, encoding, "") as stream:
            reader = csv.reader(lines(stream), strict=True, delimiter=separator)
            for row in reader:
                row_text = "".join(text)
                if len(row_text) > LONGEST_ROW:
                    raise LoadError(_too_long(file, line))
                yield line, row, row_text
                text.clear()
                line = reader.line_num + 1
    except csv.Error:
        if sum(map(len, text)) > LONGEST_ROW:
            raise LoadError(_too_long(file, line)) from None
        raise LoadError(
            f"{file.name}, line {line}: a value in quotes that begins in this row is not closed right before "
            f"a {_MARKS[separator]} or a line end. Close it there, and write a quote inside it twice."
        ) from None
    finally:
        csv.field_size_limit(usual_limit)


def _refused(file: RawFile, encoding: str) -> str:
    with _texts(file, encoding, "\n") as stream:
        line, found = next(
            (number, called)
            for number, text in enumerate(stream, start=1)
            for refused, called in REFUSED.items()
            if refused in text
        )
    return (
        f"{file.name}, line {line}: it has {found}, which no text holds. "
        "If the file is damaged or no text, bring it again; otherwise remove it from the value."
    )


def _too_long(file: RawFile, line: int) -> str:
    return (
        f"{file.name}, line {line}: the row that begins here is longer than {LONGEST_ROW:,} characters. "
        "Is a quote not closed, or a line break missing?"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _separator(known: Collection[str], file: RawFile, encoding: str) -> str:
    """What separates the columns: what gives the header most columns of the contract, then most columns."""
    best, most = ",", (-1, 0)
    for separator in SEPARATORS:
        try:
            _, names, _ = next(_rows(file, encoding, separator))
        except LoadError:
            if separator == ",":
                raise
            continue
        columns = {name.strip() for name in names}
        found = (len(columns.intersection(known)), len(names))
        if found > most:
            best, most = separator, found
    return best


@contextmanager
def _texts(file: RawFile, encoding: str, newline: str) -> Generator[io.TextIOWrapper]:
    """The lines of a file."""
    with file.open() as stream, io.TextIOWrapper(stream, encoding=encoding, newline=newline) as lines:
        yield lines


def _columns(file: RawFile, encoding: str, separator: str) -> tuple[str, ...]:
    _, names, _ = next(_rows(file, encoding, separator))
    if not names:
        raise LoadError(f"{file.name}, line 1 is blank: a header line was expected.")
    for other, meant in OTHER_SEPARATORS.items():
        if len(names) == 1 and other in names[0] and separator != other:
            raise LoadError(
                f"{file.name} separates its columns by {meant}: save it with commas, or set "
                "`delimiter: bar` of it in mapping.yml."
            )
    return _named_columns(file, names)


def _named_columns(file: RawFile, names: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(name.strip() or f"(column {position})" for position, name in enumerate(names, start=1))
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        raise LoadError(
            f"{file.name} has the column {', '.join(repeated)} more than once: rename or remove it."
        )
    return columns


def _decoded(file: RawFile, encoding: str) -> Iterator[str]:
    """The text of a file in pieces.

    Raises:
        LoadError: a byte is not of the encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with file.open() as stream:
        while True:
            chunk = stream.read(CHUNK_BYTES)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].decode(encoding, errors="ignore").count("\n")
                if not chunk:
                    raise LoadError(
                        f"{file.name}, line {line}: the file ends inside a character: it is cut off, or not "
                        f"{'UTF-8' if encoding == UTF8 else encoding}. Bring it again, or set "
                        "CSKPI_CSV_ENCODING to its encoding."
                    ) from None
                name = "UTF-8" if encoding == UTF8 else f"{encoding} (CSKPI_CSV_ENCODING)"
                raise LoadError(
                    f"{file.name}, line {line}: byte 0x{error.object[error.start]:02x} is not {name}. "
                    f"{_encoding_advice(file, encoding)}"
                ) from None
            except UnicodeError as error:  # a codec that asks for a byte order mark
                raise LoadError(
                    f"{file.name} is not {encoding} (CSKPI_CSV_ENCODING): {error}. "
                    f"{_encoding_advice(file, encoding)}"
                ) from None
            if not chunk:
                return
            line += text.count("\n")
            yield text


def _encoding_advice(file: RawFile, encoding: str) -> str:
    if encoding != UTF8:
        if _decodes(file, UTF8):
            return "It is UTF-8: remove CSKPI_CSV_ENCODING, so that each file's own encoding is found out."
        return "Save the file in that encoding, or as UTF-8 with a byte order mark."
    return (
        "Remove CSKPI_CSV_ENCODING, so that its own encoding is found out; set it to its encoding, such as "
        "cp1252 in Western Europe; or save it as UTF-8."
    )


def _decodes(file: RawFile, encoding: str) -> bool:
    try:
        with _texts(file, encoding, "") as stream:
            while stream.read(CHUNK_BYTES):
                pass
    except UnicodeError:
        return False
    return True
