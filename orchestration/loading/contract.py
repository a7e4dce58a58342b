"""The input contract, as `models/staging/_sources.yml` states it for the loader and for dbt's macros."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from orchestration.privacy.erasures import KINDS, LIST
from orchestration.sources import (
    SOURCES_PATH,
    ColumnNode,
    ContractError,
    SourceNode,
    Strict,
    TableNode,
    read_source,
    shown,
)

# The data types of the contract, and what a default of each looks like in YAML.
DATA_TYPES = {
    "varchar": (str, "a text"),
    "timestamp": (str, "a text"),
    "date": (str, "a text"),
    "boolean": (bool, "true or false"),
    "bigint": (int, "a whole number"),
    "decimal(p,s)": (int | float, "a number"),
}
# The time of a row that decides between versions of a key.
RECORDED_AT = "recorded_at"
# The default that stands for the setting of that name.
REPORTING_CURRENCY = "reporting_currency"

# YAML has lists where Python has tuples.
Texts = Annotated[tuple[str, ...], Field(strict=False)]
Limits = Annotated[tuple[float, float], Field(strict=False)]


class Rules(Strict):
    """What a column's values must be: `config.meta` of the column.

    `required`: the column must be in the file and its value must not be NULL.
    `optional_where`: values of other columns of the row with which it may be NULL all the same.
    `ranges`: the least and greatest value for each value of the column `range_by`.
    `references`: `table.column`. `upper_case`: letters are made capitals before anything else.
    `breaks_row`: a broken value quarantines the row, as in required columns, keys and columns with a default;
    in other columns it becomes NULL.
    `contains_pii`: the id of an account or a user, the id of a record, which may hold one, or a text.
    """

    required: bool = False
    optional_where: Mapping[str, Texts] = Field(default_factory=dict)
    default: str | int | float | bool | None = None
    allowed: Texts = ()
    minimum: float | None = None
    maximum: float | None = None
    range_by: str | None = None
    ranges: Mapping[str, Limits] = Field(default_factory=dict)
    references: str | None = None
    upper_case: bool = False
    breaks_row: bool = False
    contains_pii: Literal["account", "user", "record", "text"] | None = None


class Column(Rules):
    """One column of an input table, and its rules."""

    name: str
    data_type: str
    description: str = ""


class TableRules(Strict):
    """What a table must be: `config.meta` of the table.

    `required_table`: it must be supplied. `key`: unique after loading. `newest_by`: the time that
    newest_record_at of the load report is taken from. `grows`: it is too large to be built anew in every run.
    """

    required_table: bool = False
    key: Texts
    newest_by: str = RECORDED_AT
    grows: bool = False


@dataclass(frozen=True)
class Table:
    """One input table.

    `required`: it must be supplied. `grows`: a run adds to what it built before. `newest_by`: the column that
    dates its rows.
    """

    name: str
    description: str
    required: bool
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    grows: bool = False
    newest_by: str = RECORDED_AT

    @property
    def column_names(self) -> tuple[str, ...]:
        """Every column, in the order of the contract."""
        return tuple(column.name for column in self.columns)

    @property
    def required_columns(self) -> tuple[str, ...]:
        """The columns that every file of the table must have."""
        return tuple(column.name for column in self.columns if column.required)


# A request, not data: it becomes no table of the warehouse.
ERASURES = Table(
    name=LIST,
    description="One row per account or user to be erased.",
    required=False,
    key=("kind", "id"),
    columns=(
        Column(name="kind", data_type="varchar", required=True, allowed=KINDS),
        Column(name="id", data_type="varchar", required=True),
    ),
)


@dataclass(frozen=True)
class Contract:
    """Every table that can be supplied, in the order of the contract."""

    tables: tuple[Table, ...]

    @property
    def table_names(self) -> tuple[str, ...]:
        """The names of the tables, in the order of the contract."""
        return tuple(table.name for table in self.tables)


# Accounts give ids, and links say whose they are; the account ids of other tables may be of another system.
_GIVE_ACCOUNTS = ("accounts", "account_links")


def refers_to_accounts(table: Table) -> bool:
    """Whether rows of the table name accounts by ids that may be of another system."""
    return table.name not in _GIVE_ACCOUNTS and any(
        column.references == "accounts.account_id" for column in table.columns
    )


def read_contract(path: Path = SOURCES_PATH) -> Contract:
    """Read the dbt source `raw` in the file at `path`.

    Raises:
        ContractError: a key is unknown or a value makes no sense; the message has one line per problem, with
            the table, the column and the key.
    """
    nodes = read_source("raw", SourceNode[TableRules, Rules], path).tables
    columns = {node.name: tuple(map(_column, node.columns)) for node in nodes}
    problems = [f"{shown(path)}, {problem}" for node in nodes for problem in _problems(node, columns)]
    problems += [
        f"{shown(path)}, table {name}: stands there twice; keep one of them."
        for name in _repeated([node.name for node in nodes])
    ]
    if problems:
        raise ContractError("\n".join(problems))
    return Contract(
        tuple(
            Table(
                name=node.name,
                description=node.description,
                required=node.config.meta.required_table,
                key=node.config.meta.key,
                columns=columns[node.name],
                grows=node.config.meta.grows,
                newest_by=node.config.meta.newest_by,
            )
            for node in nodes
            if node.config is not None
        )
    )


def _column(node: ColumnNode[Rules]) -> Column:
    rules = dict(node.config.meta) if node.config else {}
    return Column(name=node.name, data_type=node.data_type, description=node.description, **rules)


def _problems(node: TableNode[TableRules, Rules], tables: Mapping[str, Sequence[Column]]) -> Iterator[str]:
    """What contradicts itself, or refers to what is not there, in one table."""
    where = f"table {node.name}"
    columns = {column.name: column for column in tables[node.name]}
    for name in _repeated([column.name for column in node.columns]):
        yield f"{where}, column {name}: stands there twice; keep one of them."
    if RECORDED_AT not in columns:
        yield f"{where}: has no column {RECORDED_AT}, which decides between versions of a key; add it."
    if node.config is None or not node.config.meta.key:
        yield f"{where}: key is missing; name the columns that tell its rows apart."
        return
    for name in node.config.meta.key:
        if name not in columns:
            yield f"{where}: key names {name!r}, which is no column of the table."
        elif not columns[name].required and columns[name].default is None:
            yield f"{where}, column {name}: is part of the key; make it required, or give it a default."
    newest_by = node.config.meta.newest_by
    if newest_by not in columns or columns[newest_by].data_type not in ("timestamp", "date"):
        yield f"{where}: newest_by is {newest_by!r}; expected a column of the table that is a time."
    for column in columns.values():
        for problem in _column_problems(column, columns, tables):
            yield f"{where}, column {column.name}: {problem}"


def _column_problems(
    column: Column, columns: Mapping[str, Column], tables: Mapping[str, Sequence[Column]]
) -> Iterator[str]:
    """What contradicts itself, or refers to what is not there, in one column."""
    kind = "decimal(p,s)" if re.fullmatch(r"decimal\(\d+,\s*\d+\)", column.data_type) else column.data_type
    if kind not in DATA_TYPES:
        yield f"data_type is {column.data_type!r}; expected one of {', '.join(DATA_TYPES)}."
        return
    is_number = kind in ("bigint", "decimal(p,s)")
    ends = [end for end in (column.minimum, column.maximum) if end is not None]
    if (ends or column.ranges) and not is_number:
        yield f"minimum, maximum and ranges are of numbers, and data_type is {column.data_type}."
    if ends != sorted(ends):
        yield f"minimum {ends[0]:g} is above maximum {ends[1]:g}."
    if column.contains_pii and kind != "varchar":
        yield f"contains_pii is of texts, and data_type is {column.data_type}."
    if (column.allowed or column.upper_case) and kind != "varchar":
        yield f"allowed and upper_case are of texts, and data_type is {column.data_type}."
    yield from _default_problems(column, kind)
    yield from _range_problems(column, columns)
    yield from _optional_problems(column, columns)
    if column.references is not None:
        table, _, name = column.references.partition(".")
        if name not in (referenced.name for referenced in tables.get(table, ())):
            yield f"references is {column.references!r}; expected table.column of the contract."


def _default_problems(column: Column, kind: str) -> Iterator[str]:
    default = column.default
    if default is None:
        return
    if column.required:
        yield "a default never applies to a required column; leave out one of the two."
    wanted, words = DATA_TYPES[kind]
    if not isinstance(default, wanted) or isinstance(default, bool) != (kind == "boolean"):
        yield f"default is {default!r}; expected {words} for data_type {column.data_type}."
        return
    if column.allowed and default not in column.allowed:
        yield f"default is {default!r}, which is not in allowed ({', '.join(column.allowed)})."
    if isinstance(default, int | float) and (
        (column.minimum is not None and default < column.minimum)
        or (column.maximum is not None and default > column.maximum)
    ):
        yield f"default is {default!r}, which is not between minimum and maximum."


def _range_problems(column: Column, columns: Mapping[str, Column]) -> Iterator[str]:
    if column.range_by is None and not column.ranges:
        return
    if column.range_by is None or not column.ranges:
        yield "range_by and ranges need each other; give both, or neither."
        return
    by = columns.get(column.range_by)
    if by is None:
        yield f"range_by is {column.range_by!r}, which is no column of the table."
        return
    for value, (low, high) in column.ranges.items():
        if by.allowed and value not in by.allowed:
            yield f"ranges names {value!r}, which {by.name} does not allow ({', '.join(by.allowed)})."
        if low > high:
            yield f"ranges of {value}: {low:g} is above {high:g}."


def _optional_problems(column: Column, columns: Mapping[str, Column]) -> Iterator[str]:
    if column.optional_where and not column.required:
        yield "optional_where is of a required column; leave it out, or make the column required."
    for name, values in column.optional_where.items():
        if name not in columns:
            yield f"optional_where names {name!r}, which is no column of the table."
            continue
        allowed = columns[name].allowed
        for value in values:
            if value not in allowed:
                yield f"optional_where names {value!r}, which {name} does not allow ({', '.join(allowed)})."


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
