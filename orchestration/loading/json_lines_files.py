"""JSON Lines files: what they must be, what is wrong with them, and how they land."""

from __future__ import annotations

import codecs
import glob
import json
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.loading.contract import Table
from orchestration.loading.errors import LoadError
from orchestration.loading.files import RawFile, require_columns
from orchestration.loading.spelling import spelled


def inspect_json_lines(
    connection: duckdb.DuckDBPyConnection, table: Table, file: RawFile, scratch: Path
) -> tuple[str, ...]:
    """Read the file through, and return the keys of its objects in alphabetical order.

    A required key may be absent from single objects, but not from all of them.

    Raises:
        LoadError: a line is not a JSON object, or no object has a required key.
    """
    with unmarked(file, scratch) as path:
        try:
            rows = connection.execute(
                """
                select distinct
                    unnest(case json_type(json) when 'OBJECT' then json_keys(json) else [null] end)
                from read_ndjson_objects($path)
                """,
                {"path": glob.escape(str(path))},
            ).fetchall()
        except duckdb.InvalidInputException as error:
            problem = line_problem(file) or f"{file.name} is not JSON Lines: {str(error).splitlines()[0]}"
            raise LoadError(problem) from None
    keys = {key for (key,) in rows}
    if None in keys:
        raise LoadError(line_problem(file) or f"{file.name} holds a line that is not a JSON object.")
    if keys:
        require_columns(table, file, sorted(keys))
    return tuple(sorted(keys))


def insert_json_lines(
    connection: duckdb.DuckDBPyConnection, table: Table, file: RawFile, scratch: Path
) -> int:
    """Append the objects of an inspected file to `raw.<table>`, each value as text. Returns their number.

    A number that is not an integer passes through a double: 15 digits are safe, longer ones belong in quotes.
    `scratch` is where a copy is kept meanwhile of a file that is packed or begins with a byte order mark.
    """
    paths = ", ".join(f"'$.\"{name}\"'" for name in table.column_names)
    values = ", ".join(
        spelled(f"texts[{position}]", column) for position, column in enumerate(table.columns, start=1)
    )
    sql = f"""
        insert into raw."{table.name}"
        select {values}, $name, row_number() over ()
        from (
            select json_extract_string(json, [{paths}]) as texts
            from read_ndjson_objects($path)
        )
    """
    with unmarked(file, scratch) as path:
        inserted = connection.execute(sql, {"name": file.name, "path": glob.escape(str(path))}).fetchone()
    return inserted[0] if inserted else 0


def line_problem(file: RawFile) -> str | None:
    """What is wrong with the first line that is not a JSON object; None for a file that is no JSON Lines."""
    if file.format != ".jsonl":
        return None
    expected = 'every line must be one JSON object, such as {"account_id": "a1"}'
    with file.open() as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line.rstrip())
            except UnicodeDecodeError as error:
                byte = error.object[error.start]
                return f"{file.name}, line {number}: byte 0x{byte:02x} is not UTF-8, as JSON Lines must be."
            except json.JSONDecodeError as error:
                if line.lstrip().startswith(b"["):
                    return f"{file.name}, line {number} begins an array: {expected}, without brackets around."
                return f"{file.name}, line {number}, column {error.colno}: {error.msg}; {expected}."
            if not isinstance(value, dict):
                return f"{file.name}, line {number} is another JSON value: {expected}."
    return None


@contextmanager
def unmarked(file: RawFile, scratch: Path) -> Generator[Path]:
    """The file, or a copy of it unpacked and without its byte order mark, which DuckDB refuses."""
    with file.open() as source:
        head = source.read(len(codecs.BOM_UTF8))
        if head != codecs.BOM_UTF8 and not file.packed:
            yield file.path
            return
        try:
            with scratch.open("wb") as copy:
                copy.write(head.removeprefix(codecs.BOM_UTF8))
                shutil.copyfileobj(source, copy)
            yield scratch
        finally:
            scratch.unlink(missing_ok=True)
