"""The tables that Python writes and models read as dbt sources, with the columns that the sources state.

dbt runs twice: up to what the computed tables are computed from, and from them on. The loader creates those
that are not there yet, empty, so that dbt can be run by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.sources import (
    SOURCES_PATH,
    ContractError,
    DagsterMeta,
    NoMeta,
    SourceNode,
    read_source,
    shown,
)

# Sources whose tables are computed between the two runs of dbt, each in a schema of its name.
COMPUTED_SCHEMAS = ("health",)
# What the loader says about its run.
LOAD = "load"
# The source whose tables show marts of the last release.
HISTORY_SOURCE = "history"
# Types that every engine knows by these names.
DATA_TYPES = ("string", "date", "timestamp", "double", "decimal(18,4)", "bigint", "boolean")


@dataclass(frozen=True)
class WrittenTable:
    """One table that Python writes; `columns` are types by name, in order."""

    schema: str
    name: str
    description: str
    columns: Mapping[str, str]

    @property
    def full_name(self) -> str:
        """The name with the schema before it."""
        return f"{self.schema}.{self.name}"

    @property
    def definition(self) -> str:
        """The columns as CREATE TABLE takes them."""
        return ", ".join(f"{name} {data_type}" for name, data_type in self.columns.items())

    def checked(self, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The rows, each with the columns of the table and no other.

        Raises:
            ValueError: a row has other columns.
        """
        found = list(rows)
        for row in found:
            self.check_columns(row)
        return found

    def check_columns(self, names: Iterable[str]) -> None:
        """Stop where these are not the names of the table's columns.

        Raises:
            ValueError: a column is missing, or the table has no such column.
        """
        other = sorted({*names} ^ self.columns.keys())
        if other:
            raise ValueError(
                f"Rows for {self.full_name} and the table differ in {', '.join(other)}; "
                f"its columns are stated in {shown(SOURCES_PATH)}."
            )


@cache
def written_tables(source: str, path: Path = SOURCES_PATH) -> tuple[WrittenTable, ...]:
    """The tables of COMPUTED_SCHEMAS, LOAD or HISTORY_SOURCE, as the dbt source of that name states them.

    Raises:
        ContractError: a key of the source is unknown, or a data type is not one of DATA_TYPES.
    """
    found = read_source(source, SourceNode[DagsterMeta, NoMeta], path)
    problems = [
        f"{shown(path)}, table {table.name}, column {column.name}: data_type is {column.data_type!r}; "
        f"expected one of {', '.join(DATA_TYPES)}."
        for table in found.tables
        for column in table.columns
        if column.data_type not in DATA_TYPES
    ]
    if problems:
        raise ContractError("\n".join(problems))
    return tuple(
        WrittenTable(
            schema=found.schema_name,
            name=table.name,
            description=table.description,
            columns={column.name: column.data_type for column in table.columns},
        )
        for table in found.tables
    )


def computed_tables() -> dict[str, WrittenTable]:
    """Every table that is computed between the two runs of dbt, by its full name."""
    return {table.full_name: table for source in COMPUTED_SCHEMAS for table in written_tables(source)}
