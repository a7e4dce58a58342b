"""Are the marts of two releases the same? Row by row, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

# Doubles may differ by this much of the larger one, or by this much where both are below 1: sums of doubles
# depend on the order of the rows.
TOLERANCE = 1e-9
# What is another in every run, whatever the engine, and what a full build cannot know.
NOT_COMPARED = {"run_id", "published_at", "keys_vanished", "vanished_key"}
SHOWN = 10


@dataclass(frozen=True)
class Comparison:
    """What was compared, and one line for each difference; only the first are written out."""

    marts: int = 0
    rows: int = 0
    cells: int = 0
    differences: int = 0
    lines: Sequence[str] = field(default=())

    def __add__(self, other: Comparison) -> Comparison:
        return Comparison(
            self.marts + other.marts,
            self.rows + other.rows,
            self.cells + other.cells,
            self.differences + other.differences,
            [*self.lines, *other.lines][:SHOWN],
        )


def compare_releases(ours: Path, theirs: Path, keys: Mapping[str, Sequence[str]]) -> Comparison:
    """Compare the Parquet export of two releases; `keys` names each mart's key columns.

    Rows are matched by their key, or where none is named by all their columns but doubles. Column names,
    their order and their types must agree; decimals, whole numbers, dates, times, texts and NULLs exactly,
    doubles to TOLERANCE.
    """
    here, there = marts_of(ours), marts_of(theirs)
    total = Comparison()
    for name in sorted(here.keys() ^ there.keys()):
        total += _difference(f"{name}: only {'the first' if name in here else 'the second'} release has it")
    with duckdb.connect() as connection:
        for name in sorted(here.keys() & there.keys()):
            total += _compare(connection, name, (here[name], there[name]), keys.get(name, ()))
    return total


def marts_of(release: Path) -> dict[str, str]:
    """The files of each mart of a release, as a pattern: Spark writes a folder where DuckDB writes a file."""
    paths = (release / "marts").glob("*.parquet")
    return {path.stem: str(path / "*.parquet") if path.is_dir() else str(path) for path in paths}


def keys_of(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """The columns of each model's key, from the tests of its YAML."""
    keys = {}
    for node in manifest["nodes"].values():
        test = node.get("test_metadata") or {}
        if test.get("name") == "valid_rows" and node.get("attached_node"):
            model = manifest["nodes"][node["attached_node"]]["name"]
            keys[model] = test["kwargs"].get("key", [])
    return keys


def _compare(
    connection: duckdb.DuckDBPyConnection, mart: str, files: tuple[str, str], key: Sequence[str]
) -> Comparison:
    for side, pattern in zip(("ours", "theirs"), files, strict=True):
        connection.execute(f"create or replace temp view {side} as from read_parquet('{pattern}')")
    columns = _columns(connection, "ours")
    if [*columns.items()] != [*_columns(connection, "theirs").items()]:
        return _difference(f"{mart}: the columns are {columns} and {_columns(connection, 'theirs')}")
    compared = {name: data_type for name, data_type in columns.items() if name not in NOT_COMPARED}
    key = [name for name in key if name in compared] or [
        name for name, data_type in compared.items() if data_type != "DOUBLE"
    ]
    rows = _number(connection, "select count(*) from ours")
    found = Comparison(1, rows, rows * len(compared))
    for side, label in (("ours", "first"), ("theirs", "second")):
        repeated = _number(
            connection,
            f"select count(*) from (select 1 from {side} group by {', '.join(key)} having count(*) > 1)",
        )
        if repeated:
            line = f"{mart}: the {label} release has {repeated} keys ({', '.join(key)}) more than once"
            return found + _difference(line, repeated)
    return found + _missing_rows(connection, mart, key) + _cells(connection, mart, key, compared)


def _missing_rows(connection: duckdb.DuckDBPyConnection, mart: str, key: Sequence[str]) -> Comparison:
    total = Comparison()
    for side, other, label in (("ours", "theirs", "second"), ("theirs", "ours", "first")):
        missing = connection.execute(
            f"select {_key_text(key, side)} from {side} anti join {other} on {_same_key(key)} order by 1"
        ).fetchall()
        lines = [f"{mart} [{row[0]}]: the {label} release has no such row" for row in missing[:SHOWN]]
        total += Comparison(differences=len(missing), lines=lines)
    return total


def _cells(
    connection: duckdb.DuckDBPyConnection, mart: str, key: Sequence[str], columns: Mapping[str, str]
) -> Comparison:
    total = Comparison()
    for column in [name for name in columns if name not in key]:
        where = _differs(column, columns[column])
        differing = connection.execute(
            f"select {_key_text(key, 'ours')}, ours.{column}, theirs.{column} "
            f"from ours join theirs on {_same_key(key)} where {where} order by 1"
        ).fetchall()
        lines = [f"{mart} [{row[0]}] {column}: {row[1]!r} and {row[2]!r}" for row in differing[:SHOWN]]
        total += Comparison(differences=len(differing), lines=lines)
    return total


def _differs(column: str, data_type: str) -> str:
    ours, theirs = f"ours.{column}", f"theirs.{column}"
    if data_type != "DOUBLE":
        return f"{ours} is distinct from {theirs}"
    return (
        f"{ours} is distinct from {theirs} and not coalesce(isfinite({ours}) and isfinite({theirs}) and "
        f"abs({ours} - {theirs}) <= {TOLERANCE} * greatest(1, abs({ours}), abs({theirs})), false)"
    )


def _same_key(key: Sequence[str]) -> str:
    return " and ".join(f"ours.{column} is not distinct from theirs.{column}" for column in key)


def _key_text(key: Sequence[str], side: str) -> str:
    parts = [f"'{column}=' || coalesce({side}.{column}::varchar, 'NULL')" for column in key]
    return f"concat_ws(', ', {', '.join(parts)})"


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {name: data_type for name, data_type, *_ in connection.execute(f"describe {relation}").fetchall()}


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return row[0] if row else 0


def _difference(line: str, count: int = 1) -> Comparison:
    return Comparison(differences=count, lines=[line])
