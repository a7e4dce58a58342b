"""The tables of the input contract as Arrow schemas, read from dbt's list of sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import yaml

_TYPES = {
    "varchar": pa.string(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
    "boolean": pa.bool_(),
    "bigint": pa.int64(),
}


@dataclass(frozen=True)
class RawTable:
    """One table of the contract: its key, and its columns in order with their Arrow types."""

    name: str
    key: tuple[str, ...]
    schema: pa.Schema


Contract = Mapping[str, RawTable]  # tables by name, in the contract's order


def read_contract(path: Path) -> Contract:
    """The tables of the dbt source `raw` in the YAML file at `path`.

    Raises:
        KeyError: a column has a data type that is none of the contract's.
    """
    sources = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    raw = next(source for source in sources if source["name"] == "raw")
    return {
        table["name"]: RawTable(
            name=table["name"],
            key=tuple(table["config"]["meta"]["key"]),
            schema=pa.schema(
                [(column["name"], _data_type(column["data_type"])) for column in table["columns"]]
            ),
        )
        for table in raw["tables"]
    }


def _data_type(name: str) -> pa.DataType:
    decimal = re.fullmatch(r"decimal\((\d+),\s*(\d+)\)", name)
    return pa.decimal128(int(decimal[1]), int(decimal[2])) if decimal else _TYPES[name]
