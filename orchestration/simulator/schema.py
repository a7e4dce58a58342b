"""The contract's tables as Arrow schemas, read from the dbt sources, where the contract lives once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from orchestration.settings import PROJECT_DIR

SOURCES_PATH = PROJECT_DIR / "models" / "staging" / "_sources.yml"

_TYPES = {
    "varchar": pa.string(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
    "boolean": pa.bool_(),
    "bigint": pa.int64(),
}


@dataclass(frozen=True)
class RawTable:
    """One table of the contract: its key and its columns in order."""

    name: str
    key: tuple[str, ...]
    schema: pa.Schema
    rules: dict[
        str, dict[str, Any]
    ]  # per column: required, default, allowed, minimum, maximum, references, …


def read_contract(path: Path = SOURCES_PATH) -> dict[str, RawTable]:
    """The tables of the source `raw`, by name.

    Raises:
        KeyError: a data type that the contract does not use.
    """
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    source = next(source for source in document["sources"] if source["name"] == "raw")
    return {table["name"]: _table(table) for table in source["tables"]}


def _table(table: dict[str, Any]) -> RawTable:
    columns = table["columns"]
    return RawTable(
        name=table["name"],
        key=tuple(table["config"]["meta"]["key"]),
        schema=pa.schema([(column["name"], _data_type(column["data_type"])) for column in columns]),
        rules={column["name"]: column.get("config", {}).get("meta", {}) for column in columns},
    )


def _data_type(name: str) -> pa.DataType:
    decimal = re.fullmatch(r"decimal\((\d+),\s*(\d+)\)", name)
    return pa.decimal128(int(decimal[1]), int(decimal[2])) if decimal else _TYPES[name]
