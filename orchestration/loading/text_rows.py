"""Rows of JSON Lines and Parquet as texts, for a mapping: the header first, as of a CSV file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import duckdb

from orchestration.loading.errors import LoadError
from orchestration.loading.files import RawFile, parquet_scan

_ROWS_AT_ONCE = 10_000


def text_rows(file: RawFile, columns: Sequence[str]) -> Iterator[tuple[int, list[str], str]]:
    """A number, the values of each row in these columns (what is absent is empty), and no text.

    Raises:
        LoadError: values of the file cannot be read.
    """
    yield 0, [*columns], ""
    yield from _objects(file, columns) if file.format == ".jsonl" else _parquet_rows(file, columns)


def _objects(file: RawFile, columns: Sequence[str]) -> Iterator[tuple[int, list[str], str]]:
    with file.open() as stream:
        for number, line in enumerate(stream, start=1):
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            if text:
                # Numbers stay as they are written, whatever their digits.
                value = json.loads(text, parse_float=str, parse_int=str)
                yield number, [_text(value.get(name)) for name in columns], ""


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _parquet_rows(file: RawFile, columns: Sequence[str]) -> Iterator[tuple[int, list[str], str]]:
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        try:
            scan = parquet_scan([file])
            types = dict(row[:2] for row in connection.execute(f"describe from {scan}").fetchall())
            values = ", ".join(_as_text(name, types[name]) for name in columns)
            found = connection.execute(f"select {values} from {scan}")
            number = 0
            while rows := found.fetchmany(_ROWS_AT_ONCE):
                for row in rows:
                    number += 1
                    yield number, ["" if value is None else value for value in row], ""
        except duckdb.Error as error:
            raise LoadError(
                f"{file.name} has values that cannot be read: it is damaged, or a text in it is not UTF-8. "
                f"Write the file again. DuckDB says: {str(error).splitlines()[0]}"
            ) from None


def _as_text(name: str, data_type: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    # As a time without an offset, which is UTC wherever it is read.
    at_utc = f"timezone('UTC', {quoted})" if data_type == "TIMESTAMP WITH TIME ZONE" else quoted
    return f"cast({at_utc} as varchar)"
