"""The contract's tables as Arrow schemas."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa

from orchestration.loading.contract import Table
from orchestration.loading.contract import read_contract as read_tables

_TYPES = {
    "varchar": pa.string(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
    "boolean": pa.bool_(),
    "bigint": pa.int64(),
}


@dataclass(frozen=True)
class RawTable:
    """One table of the contract, and its columns in order as Arrow has them."""

    contract: Table
    schema: pa.Schema

    @property
    def name(self) -> str:
        return self.contract.name

    @property
    def key(self) -> tuple[str, ...]:
        return self.contract.key


def read_contract() -> dict[str, RawTable]:
    """The contract's tables by name.

    Raises:
        KeyError: a data type that the contract does not use.
    """
    return {
        table.name: RawTable(table, pa.schema([(c.name, _data_type(c.data_type)) for c in table.columns]))
        for table in read_tables().tables
    }


def _data_type(name: str) -> pa.DataType:
    decimal = re.fullmatch(r"decimal\((\d+),\s*(\d+)\)", name)
    return pa.decimal128(int(decimal[1]), int(decimal[2])) if decimal else _TYPES[name]
