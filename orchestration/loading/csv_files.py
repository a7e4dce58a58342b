"""CSV files: what they must be, what is wrong with them, and how they land.

DuckDB reads the rows, but it can lose, in silence, those that follow a quote which it takes for the beginning
of a value and which is never closed. Python's csv module therefore reads a file with quotes through first; of
a file that the two might read differently, DuckDB is given a plain copy.
"""

from __future__ import annotations

import codecs
import csv
import glob
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.loading.contract import Table
from orchestration.loading.errors import LoadError
from orchestration.loading.file_kinds import refuse_unmarked_utf16
from orchestration.loading.files import RawFile, require_columns

UTF8 = "utf-8-sig"  # with or without a byte order mark
CHUNK_BYTES = 1 << 20
LONGEST_ROW = 2_000_000  # characters, each of at most four bytes
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
# A quote after a space begins a value for DuckDB and is a part of it for Python.
QUOTE_AFTER_SPACE = re.compile(r'(?:^|,)\s+"')
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


def inspect_csv(table: Table, file: RawFile, encoding: str) -> CsvFile:
    """Read the header, and read the file through for its encoding, its line endings and its quotes.

    Raises:
        LoadError: the file is empty, has another encoding or separator, a column twice, a required column not
            at all, or broken quotes.
    """
    encoding = _file_encoding(file.path, encoding)
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
    columns = _columns(file, encoding)
    require_columns(table, file, columns)
    if has_quotes:
        is_plain = check_rows(file, columns, encoding)
    else:
        is_plain = sum(count > 0 for count in (pairs, feeds - pairs, returns - pairs)) <= 1
    return CsvFile(file, columns, encoding, is_plain and encoding == UTF8)


def check_rows(file: RawFile, columns: Sequence[str], encoding: str) -> bool:
    """Read every row: slower than DuckDB (about a million rows a second), but exact about the line.

    Returns whether DuckDB reads the rows alike: they end alike, and no quote follows a space.

    Raises:
        LoadError: a row is not as wide as the header, is too long or has broken quotes.
    """
    endings: set[str] = set()
    is_plain = True
    for line, row, text in _rows(file, encoding):
        if row and len(row) != len(columns):
            raise LoadError(
                f"{file.name}, line {line}: {_count(len(row), 'value')} where the header has "
                f"{_count(len(columns), 'column')}. Put a value with a comma or a line break in quotes."
            )
        endings.add(text[len(text.rstrip("\r\n")) :])
        is_plain = is_plain and not QUOTE_AFTER_SPACE.search(text)
    return is_plain and len(endings - {""}) <= 1


def insert_csv(connection: duckdb.DuckDBPyConnection, table: Table, csv_file: CsvFile, scratch: Path) -> int:
    """Append the rows of an inspected file to `raw.<table>`; empty values become NULL. Returns their number.

    `scratch` is where the copy is kept meanwhile of a file that DuckDB cannot read as it is.

    Raises:
        duckdb.Error: DuckDB cannot read the rows; `check_rows` says which.
    """
    width = len(csv_file.columns)
    position_of = {column: position for position, column in enumerate(csv_file.columns)}
    values = [
        f"nullif(c{position_of[column]}, '')" if column in position_of else "null"
        for column in table.column_names
    ]
    # DuckDB ignores one empty value too many, as in `1,two,three,`; padding and one column more than the
    # header show it. Several threads could split the file inside a quoted value, so one reads it.
    sql = f"""
        insert into raw."{table.name}"
        select {", ".join(values)}, $name, row_number() over ()
        from read_csv(
            $path, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
            strict_mode = true, null_padding = true, nullstr = '{NEVER_A_VALUE}', parallel = false,
            compression = 'none', max_line_size = {4 * LONGEST_ROW},
            columns = {{{", ".join(f"'c{position}': 'varchar'" for position in range(width + 1))}}}
        )
        where case when c{width - 1} is null or c{width} is not null then error('wrong width') else true end
    """
    with _plain(csv_file, scratch) as path:
        parameters = {"name": csv_file.file.name, "path": glob.escape(str(path))}
        inserted = connection.execute(sql, parameters).fetchone()
    return inserted[0] if inserted else 0


@contextmanager
def _plain(csv_file: CsvFile, scratch: Path) -> Generator[Path]:
    """The file, or a copy of it in UTF-8 with every value in quotes."""
    if csv_file.is_plain:
        yield csv_file.file.path
        return
    try:
        with scratch.open("w", encoding="utf-8", newline="") as copy:
            writer = csv.writer(copy, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerows(row for _, row, _ in _rows(csv_file.file, csv_file.encoding) if row)
        yield scratch
    finally:
        scratch.unlink(missing_ok=True)


def _rows(file: RawFile, encoding: str) -> Iterator[tuple[int, list[str], str]]:
    """Each row from the header on: the line it begins on, its values (none in a blank line), its text."""
    text: list[str] = []

    def lines(stream: Iterator[str]) -> Iterator[str]:
        for line in stream:
            text.append(line)
            yield line

    line = 1
    usual_limit = csv.field_size_limit(LONGEST_ROW)
    try:
        with file.path.open(encoding=encoding, newline="") as stream:
            reader = csv.reader(lines(stream), strict=True)
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
            "a comma or a line end. Close it there, and write a quote inside it twice."
        ) from None
    finally:
        csv.field_size_limit(usual_limit)


def _refused(file: RawFile, encoding: str) -> str:
    with file.path.open(encoding=encoding, newline="\n") as stream:
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


def _columns(file: RawFile, encoding: str) -> tuple[str, ...]:
    _, names, _ = next(_rows(file, encoding))
    if not names:
        raise LoadError(f"{file.name}, line 1 is blank: a header line was expected.")
    for separator, meant in OTHER_SEPARATORS.items():
        if len(names) == 1 and separator in names[0]:
            raise LoadError(f"{file.name} separates its columns by {meant}: save it with commas.")
    columns = tuple(name.strip() or f"(column {position})" for position, name in enumerate(names, start=1))
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        raise LoadError(
            f"{file.name} has the column {', '.join(repeated)} more than once: rename or remove it."
        )
    return columns


def _file_encoding(path: Path, encoding: str) -> str:
    with path.open("rb") as stream:
        is_marked = stream.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    return UTF8 if is_marked or codecs.lookup(encoding).name == "utf-8" else encoding


def _decoded(file: RawFile, encoding: str) -> Iterator[str]:
    """The text of a file in pieces.

    Raises:
        LoadError: a byte is not of the encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with file.path.open("rb") as stream:
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
                    f"{_encoding_advice(file.path, encoding)}"
                ) from None
            except UnicodeError as error:  # a codec that asks for a byte order mark
                raise LoadError(
                    f"{file.name} is not {encoding} (CSKPI_CSV_ENCODING): {error}. "
                    f"{_encoding_advice(file.path, encoding)}"
                ) from None
            if not chunk:
                return
            line += text.count("\n")
            yield text


def _encoding_advice(path: Path, encoding: str) -> str:
    if encoding != UTF8:
        if _decodes(path, UTF8):
            return "It is UTF-8: remove CSKPI_CSV_ENCODING, or save every CSV file in that one encoding."
        return "Save the file in that encoding, or as UTF-8 with a byte order mark."
    with path.open("rb") as stream:
        if stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "The file begins like UTF-16: set CSKPI_CSV_ENCODING=utf-16, or save it as UTF-8."
    if _decodes(path, "cp932"):
        return "It reads as cp932 (Japanese spreadsheets): set CSKPI_CSV_ENCODING=cp932, or save it as UTF-8."
    return "Save it as UTF-8, or set CSKPI_CSV_ENCODING to its encoding, such as cp1252 in Western Europe."


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as stream:
            while stream.read(CHUNK_BYTES):
                pass
    except UnicodeError:
        return False
    return True
