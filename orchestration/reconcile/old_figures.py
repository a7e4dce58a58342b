"""A file of figures that people had before: by month, or by month and account, or a customer sheet."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from orchestration.errors import ProjectError
from orchestration.loading.contract import Column, Table
from orchestration.loading.csv_files import CsvFile, data_rows, inspect_csv, inspect_excel
from orchestration.loading.customer_sheet import heading_months
from orchestration.loading.files import raw_file
from orchestration.loading.known_names import known, plain
from orchestration.loading.mapped_rows import plain_number

MEASURES = ("mrr", "customers", "churned_mrr", "churned_customers")
# Counted from the accounts of a file that lists them; what each account paid is in its rows.
_BY_ACCOUNT = ("mrr",)
_COLUMNS = ("month", "account_id", *MEASURES)
_MONTH = re.compile(r"([0-9]{4})[-/.年] ?([0-9]{1,2})(?:月|[-/.月] ?[0-9]{1,2}日?)?(?:[ T].*)?")


class ReconcileError(ProjectError, ValueError):
    """The file cannot be laid beside our figures; the message says why."""


@dataclass(frozen=True)
class OldFigures:
    """`totals` by measure and month; `accounts`: the MRR of each by month, where the file names accounts."""

    name: str
    totals: Mapping[str, Mapping[dt.date, Decimal]]
    accounts: Mapping[dt.date, Mapping[str, Decimal]] = field(default_factory=dict)


def read_old_figures(path: Path, encoding: str) -> OldFigures:
    """Read CSV or Excel with the columns month, account_id, mrr, customers, churned_mrr, churned_customers.

    Names and spellings as in raw files, Japanese ones too; without a column of months, headings that are
    months, as of a customer sheet.

    Raises:
        ReconcileError: the file is not there, has none of the columns, or a value is no number or month.
        LoadError: the file cannot be read.
    """
    if not path.is_file():
        raise ReconcileError(f"{path} is not there; name a file: make reconcile FILE=old_kpis.csv")
    found = _inspected(path, encoding)
    places = _places(found.columns)
    if "month" in places:
        rows = _long(found, places)
    elif "account_id" in places:
        rows = _wide(found, places["account_id"])
    else:
        raise ReconcileError(
            f"{path.name} has no column month. Its columns: {', '.join(found.columns)}. Expected month with "
            f"some of {', '.join(MEASURES)}, and account_id where it lists accounts; or account_id and a "
            "column for each month."
        )
    totals: dict[str, dict[dt.date, Decimal]] = {}
    accounts: dict[dt.date, dict[str, Decimal]] = {}
    for month, account, measure, value in rows:
        by_month = totals.setdefault(measure, {})
        by_month[month] = by_month.get(month, Decimal(0)) + value
        if account and measure in _BY_ACCOUNT:
            of_month = accounts.setdefault(month, {})
            of_month[account] = of_month.get(account, Decimal(0)) + value
    if not totals:
        raise ReconcileError(
            f"{path.name} has none of the columns {', '.join(MEASURES)}, or no rows. "
            f"Its columns: {', '.join(found.columns)}."
        )
    if accounts and "customers" not in totals:
        totals["customers"] = {
            month: Decimal(sum(value > 0 for value in of.values())) for month, of in accounts.items()
        }
    return OldFigures(path.name, totals, accounts)


def _inspected(path: Path, encoding: str) -> CsvFile:
    file = raw_file(path, path.parent)
    columns = tuple(Column(name=name, data_type="varchar") for name in _COLUMNS)
    table = Table("old_kpis", "", False, (), columns)
    if file.format == ".xlsx":
        return inspect_excel(table, file)
    if file.format != ".csv":
        raise ReconcileError(f"{path.name} is neither CSV nor Excel: save it as one of them.")
    return inspect_csv(table, file, encoding, known=[name for names in _names().values() for name in names])


def _names() -> dict[str, Sequence[str]]:
    figures, columns = known("figures"), known("columns")
    return {name: [*figures.get(name, ()), *columns.get(name, (plain(name),))] for name in _COLUMNS}


def _places(header: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for name, others in _names().items():
        for place, heading in enumerate(header):
            if plain(heading) in others and place not in places.values():
                places.setdefault(name, place)
    return places


def _long(found: CsvFile, places: Mapping[str, int]) -> Iterator[tuple[dt.date, str, str, Decimal]]:
    for number, row in enumerate(data_rows(found), start=1):
        where = f"{found.file.name}, row {number}"
        month = _month(row[places["month"]], where)
        account = row[places["account_id"]].strip() if "account_id" in places else ""
        for measure in MEASURES:
            if measure in places and row[places[measure]].strip():
                yield month, account, measure, _number(row[places[measure]], f"{where}, {measure}")


def _wide(found: CsvFile, account: int) -> Iterator[tuple[dt.date, str, str, Decimal]]:
    problems: list[str] = []
    months = heading_months(found.columns, None, found.file, problems)
    if problems:
        raise ReconcileError("\n".join(problems))
    for number, row in enumerate(data_rows(found), start=1):
        for month, place in months:
            if row[place].strip():
                where = f"{found.file.name}, row {number}, {found.columns[place]}"
                yield dt.date.fromisoformat(month), row[account].strip(), "mrr", _number(row[place], where)


def _month(text: str, where: str) -> dt.date:
    parts = _MONTH.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not parts or not 1 <= int(parts[2]) <= 12:
        raise ReconcileError(f"{where}: {text!r} is no month; expected one such as 2025-04 or 2025/04/01.")
    return dt.date(int(parts[1]), int(parts[2]), 1)


def _number(text: str, where: str) -> Decimal:
    number = plain_number(text)
    if number is None:
        raise ReconcileError(f"{where}: {text!r} is no number; expected one such as 1200.50 or 1,200.")
    return number
