"""The input contract, as `models/staging/_sources.yml` states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.settings import PROJECT_DIR

SOURCES_PATH = PROJECT_DIR / "models" / "staging" / "_sources.yml"


@dataclass(frozen=True)
class Column:
    """One column of an input table.

    `required`: the column must be in the file and its value must not be NULL.
    `ranges`: the least and greatest value for each value of the column `range_by`.
    `references`: `table.column`.
    """

    name: str
    data_type: str
    description: str = ""
    required: bool = False
    default: str | int | float | bool | None = None
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    range_by: str | None = None
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    references: str | None = None


@dataclass(frozen=True)
class Table:
    """One input table; `required`: it must be brought."""

    name: str
    description: str
    required: bool
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Every column, in the order of the contract."""
        return tuple(column.name for column in self.columns)

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns that every file of the table must have."""
        return tuple(column.name for column in self.columns if column.required)


@dataclass(frozen=True)
class Contract:
    """Every table that can be brought, in the order of the contract."""

    tables: tuple[Table, ...]

    @property
    def table_names(self) -> tuple[str, ...]:
        """The names of the tables, in the order of the contract."""
        return tuple(table.name for table in self.tables)


def read_contract(path: Path = SOURCES_PATH) -> Contract:
    """Read the dbt source `raw` in the file at `path`."""
    sources = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    raw = next(source for source in sources if source["name"] == "raw")
    return Contract(tables=tuple(_table(node) for node in raw["tables"]))


def _table(node: Mapping[str, Any]) -> Table:
    meta = _meta(node)
    return Table(
        name=node["name"],
        description=node.get("description", ""),
        required=meta.get("required_table", False),
        key=tuple(meta["key"]),
        columns=tuple(_column(column) for column in node["columns"]),
    )


def _column(node: Mapping[str, Any]) -> Column:
    meta = _meta(node)
    return Column(
        name=node["name"],
        data_type=node["data_type"],
        description=node.get("description", ""),
        required=meta.get("required", False),
        default=meta.get("default"),
        allowed=tuple(meta.get("allowed", ())),
        minimum=meta.get("minimum"),
        maximum=meta.get("maximum"),
        range_by=meta.get("range_by"),
        ranges={name: (low, high) for name, (low, high) in meta.get("ranges", {}).items()},
        references=meta.get("references"),
    )


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return node.get("config", {}).get("meta", {})
