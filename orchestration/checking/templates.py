"""What a person starts from: a folder of headers, a mapping.yml to fill in, and the page of all inputs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from orchestration.checking.rules import expected
from orchestration.loading.contract import Column, Contract, Table
from orchestration.loading.spelling import is_number, is_time
from orchestration.settings import MAPPING_FILE

INPUTS_PAGE = "docs/inputs.md"
_PAGE_HEAD = """\
# Inputs

Every table and column that the warehouse reads. `make contracts` writes this page from the input contract,
`models/staging/_sources.yml`. A file is called like its table and ends in .csv, .tsv, .xlsx, .jsonl or
.parquet; CSV and JSON Lines may be packed (.gz, .zip). `mapping.yml` beside the files says what files,
columns and values that are called otherwise mean: [bring-your-data.md](bring-your-data.md).

Every table may also have `recorded_at`, when the source wrote the row; of the rows with one key the newest
counts. An end (`valid_to`, `*_until`, `left_at`) is exclusive, and empty while it is open. A time without an
offset is UTC; years come first (2024-01-31, 2024/1/31, 2024年1月31日) unless `mapping.yml` says otherwise.
"""
_VALUES = {"timestamp": "a date or time", "date": "a date"}
_MAPPING = """\
# How files that are not as the contract says become so. Everything here is optional: take the # away from
# what you need; `make check CSKPI_RAW_DIR=...` says what it makes of it. docs/inputs.md lists all columns.
#
# tables:
#   accounts:
#     files: "顧客一覧*.csv"            # a name, a pattern, or a list of them, inside this folder
#     columns:                         # column of the contract: column of the file
#       account_id: 顧客コード
#       account_name: 会社名
#     constants: {country: JP}         # one value for every row
#     encoding: cp932                  # where it is not found out
#     delimiter: semicolon             # comma, semicolon, tab or bar; where it is not found out
#     sheet: 一覧                      # of a workbook with several sheets
#   subscription_items:
#     files: billing_export.csv
#     columns: {unit_price: Amount, valid_from: Start}
#     values:                          # what the file says: what the contract allows
#       status: {live: active, stopped: canceled}
#     dates: DD/MM/YYYY                # or by column; years that come first need no word
#     timezone: Asia/Tokyo             # of times without an offset
#     decimal_mark: ","                # 1.234,50
#     thousands_mark: "."
#     minor_units: [unit_price]        # amounts in cents
#     tax: {columns: [unit_price], rate: 0.1}   # amounts with tax; rate_column names a column of rates
#     account_system: stripe           # its ids of accounts are that system's; account_links says whose
#     billing: 請求単位                # a column that says monthly, 年額 or "3 months"
#
# customer_sheet:                      # 顧客管理表: one row per customer, one column per month with its MRR
#   files: 顧客管理表.xlsx
#   columns: {account_id: 顧客ID, account_name: 会社名}
#   year: 2025                         # of the first heading without a year, such as 4月
#   blank: ended                       # or unchanged: what an empty cell means
#   values: {解約: ended}
#   currency: JPY
#   tax_rate: 0.1                      # amounts contain tax
"""


def write_templates(folder: Path, contract: Contract, *, everything: bool = False) -> list[Path]:
    """Write a file with the header of each required table, or of all, and mapping.yml; which were written.

    What is there already stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there = {path.name.partition(".")[0] for path in folder.iterdir()}
    texts = {
        folder / f"{table.name}.csv": _header(table)
        for table in contract.tables
        if (table.required or everything) and table.name not in there
    }
    if not (folder / MAPPING_FILE).exists():
        texts[folder / MAPPING_FILE] = _MAPPING
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


def inputs_page(tables: Sequence[Table], affects: Mapping[str, str]) -> str:
    """The page of all tables and columns; `affects` says which figures need a table."""
    required = [table for table in tables if table.required]
    names = ", ".join(f"[{table.name}](#{table.name})" for table in required)
    optional = ", ".join(f"[{table.name}](#{table.name})" for table in tables if not table.required)
    lines = [_PAGE_HEAD, f"Required: {names}.", "", f"Optional: {optional}.", ""]
    for table in tables:
        lines += [*_table_lines(table, affects.get(table.name)), ""]
    return "\n".join(lines).rstrip() + "\n"


def _table_lines(table: Table, affects: str | None) -> Iterator[str]:
    yield f"## {table.name}"
    yield ""
    needed = f" Without it, or where it stops: {affects}." if affects else ""
    kind = "Required." if table.required else "Optional."
    yield f"{kind} {table.description} Key: {', '.join(table.key)}.{needed}"
    yield ""
    yield "| column | needed | values | meaning | example |"
    yield "|---|---|---|---|---|"
    for column in table.columns:
        if column.name != "recorded_at":
            yield "| " + " | ".join(_cells(column)).replace("\n", " ") + " |"


def _cells(column: Column) -> Iterator[str]:
    yield column.name
    yield "yes" if column.required else "" if column.default is None else f"else {_default(column)}"
    yield _VALUES.get(column.data_type) or expected(column)
    yield column.description.replace("|", "/").strip()
    yield _example(column)


def _default(column: Column) -> str:
    return (
        str(column.default).lower()
        if isinstance(column.default, bool)
        else str(column.default).replace("_", " ")
    )


def _example(column: Column) -> str:
    if column.allowed:
        return column.allowed[0]
    if column.name == "currency":
        return "USD"
    if is_time(column):
        return "2024-01-31" if column.data_type == "date" else "2024-01-31T09:05:00Z"
    if is_number(column):
        return "3" if column.data_type == "bigint" else "0.1" if column.maximum == 1 else "10.50"
    if column.data_type == "boolean":
        return "true"
    stem = column.name.removesuffix("_id").rpartition("_")[2]
    return f"{stem[:1]}1" if column.name.endswith("_id") else ""


def _header(table: Table) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(table.column_names)
    return text.getvalue()
