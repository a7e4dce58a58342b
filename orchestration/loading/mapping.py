"""`mapping.yml` beside the raw files: what their names, columns and values are in the contract's words."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BeforeValidator, Field, ValidationError

from orchestration.loading.contract import Contract, Table, Texts, refers_to_accounts
from orchestration.loading.errors import LoadError
from orchestration.loading.spelling import is_number, is_time
from orchestration.settings import MAPPING_FILE
from orchestration.sources import Strict, nearest

# The orders of day, month and year that dates may be written in.
DATE_ORDERS = ("YYYY/MM/DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "YYYYMMDD")
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


def _as_text(value: object) -> object:
    """YAML reads 1, true and 2024-01-05 as other types; here they are what a cell of a file may hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None or isinstance(value, dict | list) else str(value)


Text = Annotated[str, BeforeValidator(_as_text)]
Words = Mapping[Text, Text]
Names = Annotated[Texts, BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]
Rate = Annotated[float, Field(ge=0, lt=1)]


class Tax(Strict):
    """Amounts of `columns` contain tax: `rate` of the net amount, or what the column `rate_column` says."""

    columns: Names
    rate: Rate | None = None
    rate_column: Text | None = None


class Form(Strict):
    """How files are found and read: names or patterns, the sheet of a workbook, encoding and separator."""

    files: Names = ()
    sheet: Text | None = None
    encoding: str | None = None
    delimiter: Literal["comma", "semicolon", "tab", "bar"] | None = None


class TableMapping(Form):
    """One table of the contract.

    `columns`: contract column to column of the file. `constants`: a value for every row. `values`: by
    contract column, what the file says to what the contract allows. `dates`: an order of DATE_ORDERS, for all
    columns or by column. `timezone`: of times without an offset. `minor_units`: amounts in cents. `billing`:
    the column that says in words how often is billed. `account_system`: the system whose ids of accounts the
    rows have; account_links says which accounts they are.
    """

    columns: Words = Field(default_factory=dict)
    constants: Words = Field(default_factory=dict)
    values: Mapping[str, Words] = Field(default_factory=dict)
    dates: str | Mapping[str, str] | None = None
    timezone: str | None = None
    decimal_mark: Literal[".", ","] | None = None
    thousands_mark: Literal["", ",", ".", " ", "'"] = ""
    minor_units: Names = ()
    billing: Text | None = None
    tax: Tax | None = None
    account_system: Text | None = None

    @property
    def changes_rows(self) -> bool:
        """Whether anything but the name of a file or its form is mapped."""
        return bool(self.model_fields_set - {*Form.model_fields, "account_system"})


class CustomerSheet(Form):
    """A customer sheet (顧客管理表): a row per customer, a column per month with the MRR of it.

    `columns`: contract column of accounts, or plan_id, to column of the sheet. `plan`, `product`: of every
    row where there is no such column. `year`: of the first heading without a year (4月). `blank`: what an
    empty cell means; `values`: what words in cells mean, `ended`, `unchanged` or an amount. `tax_rate`:
    amounts contain tax.
    """

    columns: Words
    plan: Text = "standard"
    product: Text = "product"
    year: int | None = None
    blank: Literal["ended", "unchanged"] | None = None
    values: Words = Field(default_factory=dict)
    currency: str | None = None
    tax_rate: Rate = 0


class MappingFile(Strict):
    """The file as a whole."""

    tables: Mapping[str, TableMapping] = Field(default_factory=dict)
    customer_sheet: CustomerSheet | None = None


@dataclass(frozen=True)
class RawMapping:
    """What mapping.yml says, and the line of each key of it."""

    content: MappingFile = field(default_factory=MappingFile)
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def of(self, table: str) -> TableMapping:
        """What is said of a table; nothing is where it is not named."""
        return self.content.tables.get(table, TableMapping())

    @property
    def files(self) -> dict[str, Sequence[str]]:
        """The names or patterns of the files of each table that are called otherwise."""
        return {name: mapped.files for name, mapped in self.content.tables.items() if mapped.files}

    @property
    def account_systems(self) -> dict[str, str]:
        """The system whose ids of accounts the rows of a table have, where they are not those of accounts."""
        return {
            name: mapped.account_system
            for name, mapped in self.content.tables.items()
            if mapped.account_system
        }

    def place(self, *keys: str) -> str:
        """Where a key stands, as in `mapping.yml, line 3`."""
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.lines:
                return f"{MAPPING_FILE}, line {self.lines[keys[:length]]}"
        return MAPPING_FILE


def read_mapping(raw_dir: Path | None, contract: Contract) -> RawMapping:
    """Read mapping.yml of a raw folder; where there is none, nothing is mapped.

    Raises:
        LoadError: it is no YAML, or a key or value of it is wrong; one line per problem, with its line.
    """
    path = raw_dir / MAPPING_FILE if raw_dir else None
    if path is None or not path.is_file():
        return RawMapping()
    try:
        text = path.read_text(encoding="utf-8-sig")
        root = yaml.compose(text, yaml.SafeLoader)
        content = yaml.safe_load(text) or {}
    except UnicodeDecodeError:
        raise LoadError(f"{MAPPING_FILE} is not UTF-8: save it as UTF-8.") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LoadError(
            f"{MAPPING_FILE}, line {line} is no YAML: {error.problem}. Correct it there."
        ) from None
    problems: list[str] = []
    lines = dict(_lines(root, (), problems)) if root else {}
    if not isinstance(content, dict):
        raise LoadError(f"{MAPPING_FILE} has no keys; expected `tables` or `customer_sheet` at its top.")
    try:
        mapping = RawMapping(MappingFile.model_validate(content), lines)
    except ValidationError as error:
        blank = RawMapping(lines=lines)
        problems += [_problem(blank, one) for one in error.errors(include_url=False)]
        raise LoadError("\n".join(problems)) from None
    problems += _contradictions(mapping, contract)
    if problems:
        raise LoadError("\n".join(problems))
    return mapping


def _lines(
    node: yaml.Node, path: tuple[str, ...], problems: list[str]
) -> Iterator[tuple[tuple[str, ...], int]]:
    """The line of every key, by the keys that lead to it."""
    if not isinstance(node, yaml.MappingNode):
        return
    names = Counter(str(key.value) for key, _ in node.value)
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if names[name] > 1:
            names[name] = 0
            problems.append(
                f"{MAPPING_FILE}, line {line}: the key {name} stands there twice; keep one of them."
            )
        yield (*path, name), line
        yield from _lines(value, (*path, name), problems)


def _problem(mapping: RawMapping, problem: Mapping[str, Any]) -> str:
    keys = tuple(str(key) for key in problem["loc"] if key != "[key]")
    where, name = mapping.place(*keys), keys[-1] if keys else "the file"
    if problem["type"] == "extra_forbidden":
        model = (
            MappingFile if len(keys) == 1 else CustomerSheet if keys[0] == "customer_sheet" else TableMapping
        )
        near = nearest(name, model.model_fields)
        advice = f"did you mean {near}?" if near else f"known are {', '.join(sorted(model.model_fields))}."
        return f"{where}: the key {name} is not known; {advice}"
    if problem["type"] == "missing":
        return f"{where}: {name} is missing; add it."
    expected = problem["msg"].removeprefix("Input should be ")
    return f"{where}: {name} is {problem['input']!r}; expected {expected}."


def _contradictions(mapping: RawMapping, contract: Contract) -> Iterator[str]:
    tables = {table.name: table for table in contract.tables}
    for name, mapped in mapping.content.tables.items():
        where = ("tables", name)
        if name not in tables:
            near = nearest(name, tables)
            advice = f"did you mean {near}?" if near else "docs/inputs.md lists the tables."
            yield f"{mapping.place(*where)}: the contract has no table {name}; {advice}"
            continue
        yield from _table_problems(mapping, tables[name], mapped)
    sheet = mapping.content.customer_sheet
    if sheet:
        yield from _form_problems(mapping, sheet, ("customer_sheet",))
        if not sheet.files:
            yield f"{mapping.place('customer_sheet')}: files is missing; name the file of the customer sheet."
        known = (*tables["accounts"].column_names, "plan_id")
        yield from _unknown(mapping, ("customer_sheet", "columns"), sheet.columns, known, "accounts")
        if "account_id" not in sheet.columns:
            yield (
                f"{mapping.place('customer_sheet', 'columns')}: account_id is missing; name the column that "
                "tells customers apart."
            )


def _form_problems(mapping: RawMapping, form: Form, where: tuple[str, ...]) -> Iterator[str]:
    if form.encoding is not None:
        try:
            codecs.lookup(form.encoding)
        except LookupError:
            yield (
                f"{mapping.place(*where, 'encoding')}: encoding is {form.encoding!r}; expected one such as "
                "utf-8, cp932 or cp1252."
            )


def _table_problems(mapping: RawMapping, table: Table, mapped: TableMapping) -> Iterator[str]:
    where = ("tables", table.name)
    columns = {column.name: column for column in table.columns}
    yield from _form_problems(mapping, mapped, where)
    dates = mapped.dates if isinstance(mapped.dates, Mapping) else {}
    for key, names in (
        ("columns", mapped.columns),
        ("constants", mapped.constants),
        ("values", mapped.values),
        ("dates", dates),
        ("minor_units", mapped.minor_units),
        ("tax", mapped.tax.columns if mapped.tax else ()),
    ):
        yield from _unknown(mapping, (*where, key), names, table.column_names, table.name)
    for name in mapped.columns.keys() & mapped.constants.keys():
        yield f"{mapping.place(*where, 'constants', name)}: {name} is in columns too; keep one of the two."
    orders = dates.values() if dates else [mapped.dates] if isinstance(mapped.dates, str) else []
    for order in orders:
        if order not in DATE_ORDERS:
            yield (
                f"{mapping.place(*where, 'dates')}: dates is {order!r}; expected one of "
                f"{', '.join(DATE_ORDERS)}. A time of day may follow."
            )
    for name in dates:
        if name in columns and not is_time(columns[name]):
            yield f"{mapping.place(*where, 'dates', name)}: {name} is no date; leave it out."
    yield from _amount_problems(mapping, table, mapped)
    if mapped.billing is not None and table.name != "subscription_items":
        yield f"{mapping.place(*where, 'billing')}: billing is for subscription_items alone; leave it out."
    if mapped.account_system is not None and not refers_to_accounts(table):
        yield (
            f"{mapping.place(*where, 'account_system')}: account_system is of tables whose rows name "
            f"accounts, and {table.name} is none of them; leave it out."
        )
    if mapped.timezone is not None and not _is_zone(mapped.timezone):
        yield (
            f"{mapping.place(*where, 'timezone')}: timezone is {mapped.timezone!r}; "
            "expected an IANA name such as Asia/Tokyo."
        )


def _amount_problems(mapping: RawMapping, table: Table, mapped: TableMapping) -> Iterator[str]:
    where = ("tables", table.name)
    columns = {column.name: column for column in table.columns}
    for key, names in (
        ("minor_units", mapped.minor_units),
        ("tax", mapped.tax.columns if mapped.tax else ()),
    ):
        for name in names:
            if name in columns and not is_number(columns[name]):
                yield f"{mapping.place(*where, key)}: {name} is no amount; leave it out of {key}."
    if mapped.tax and (mapped.tax.rate is None) == (mapped.tax.rate_column is None):
        yield f"{mapping.place(*where, 'tax')}: tax needs rate or rate_column, and not both."
    if mapped.thousands_mark and mapped.thousands_mark == (mapped.decimal_mark or "."):
        yield (
            f"{mapping.place(*where, 'thousands_mark')}: thousands_mark and decimal_mark are the same; "
            "correct one of them."
        )


def _unknown(
    mapping: RawMapping,
    where: tuple[str, ...],
    names: Sequence[str] | Mapping[str, Any],
    known: Sequence[str],
    table: str,
) -> Iterator[str]:
    for name in names:
        if name not in known:
            near = nearest(name, known)
            advice = f"did you mean {near}?" if near else "docs/inputs.md lists its columns."
            yield f"{mapping.place(*where, name)}: {table} has no column {name}; {advice}"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
