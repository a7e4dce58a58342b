"""The customer sheet (顧客管理表): a row per customer, a column per month; it gives accounts and versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestration.loading.errors import LoadError
from orchestration.loading.files import RawFile
from orchestration.loading.mapped_rows import MappedRow, plain_number
from orchestration.loading.mapping import CustomerSheet, RawMapping

TABLES = ("accounts", "plans", "subscription_items")
ENDED, UNCHANGED = "ended", "unchanged"
_CELLS_SHOWN = 3
_EXACT = Decimal("1e-8")
_ITEM_COLUMNS = (
    *("subscription_item_id", "subscription_id", "account_id", "plan_id", "unit_price", "currency"),
    *("billing_interval", "valid_from", "valid_to"),
)


@dataclass(frozen=True)
class SheetRecipe:
    """How the rows of a customer sheet become rows of one of TABLES.

    `months`: the first day of each month, and its position. A version's file name ends in the month that it
    begins in, as in `sheet.xlsx [2025-04]`, so that file and row name one cell.
    """

    file: RawFile
    table: str
    sheet: CustomerSheet
    header: tuple[str, ...]
    months: tuple[tuple[str, int], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the contract that the recipe gives."""
        if self.table == "accounts":
            return tuple(name for name in self.sheet.columns if name != "plan_id")
        return ("plan_id", "product_id") if self.table == "plans" else _ITEM_COLUMNS

    @property
    def unknown(self) -> tuple[str, ...]:
        """The columns of the sheet that nothing is made of."""
        used = {*self.sheet.columns.values(), *(self.header[place] for _, place in self.months)}
        return tuple(name for name in self.header if name not in used)

    def rows(self, rows: Iterator[Sequence[str]]) -> Iterator[MappedRow]:
        """The rows of the sheet, without its header, in the columns of the recipe."""
        plans: set[str] = set()
        for number, row in enumerate(rows, start=1):
            plan = self._cell(row, "plan_id") or self.sheet.plan
            if self.table == "accounts":
                yield MappedRow(self.file.name, number, [self._cell(row, name) for name in self.columns])
            elif self.table == "plans":
                if plan not in plans:
                    plans.add(plan)
                    yield MappedRow(self.file.name, number, [plan, self.sheet.product])
            else:
                yield from self._versions(row, number, plan)

    def _cell(self, row: Sequence[str], column: str) -> str:
        name = self.sheet.columns.get(column)
        return row[self.header.index(name)].strip() if name is not None else ""

    def _versions(self, row: Sequence[str], number: int, plan: str) -> Iterator[MappedRow]:
        account = self._cell(row, "account_id")
        starts: list[tuple[str, Decimal | None]] = []
        for month, place in self.months:
            amount = self._amount(row[place])
            if amount == UNCHANGED:
                continue
            price = None if isinstance(amount, str) else amount
            if (starts[-1][1] if starts else None) != price:
                starts.append((month, price))
        for place, (month, price) in enumerate(starts):
            if price is None:
                continue
            end = starts[place + 1][0] if place + 1 < len(starts) else ""
            net = (price / (1 + Decimal(str(self.sheet.tax_rate)))).quantize(_EXACT).normalize()
            values = [
                *(f"{account}:{plan}", account, account, plan, f"{net:f}", self.sheet.currency or ""),
                *("month", month, end),
            ]
            yield MappedRow(f"{self.file.name} [{month[:7]}]", number, values)

    def _amount(self, text: str) -> Decimal | str | None:
        """The amount of a cell, ENDED or UNCHANGED; None where nothing says what it means."""
        text = text.strip()
        if not text:
            return self.sheet.blank
        meaning = self.sheet.values.get(text, text)
        return meaning if meaning in (ENDED, UNCHANGED) else plain_number(meaning)

    def refuse_unclear(self, mapping: RawMapping, rows: Iterator[Sequence[str]]) -> None:
        """Stop at cells of months that are no amounts and of which mapping.yml says nothing.

        Raises:
            LoadError: the first such cells, and what to say of them.
        """
        blanks: list[str] = []
        words: list[str] = []
        for number, row in enumerate(rows, start=1):
            for _, place in self.months:
                if self._amount(row[place]) is None:
                    cell = f"row {number}, {self.header[place]}"
                    (words if row[place].strip() else blanks).append(
                        f"{cell} ({row[place].strip()})" if row[place].strip() else cell
                    )
        problems = []
        where = mapping.place("customer_sheet")
        if blanks:
            problems.append(
                f"{self.file.name}: {_shown(blanks)}: blank, which is never read as 0. Say what it means "
                f"under customer_sheet ({where}): `blank: ended` where the customer was none any more, "
                "`blank: unchanged` where it paid as in the month before."
            )
        if words:
            problems.append(
                f"{self.file.name}: {_shown(words)}: no amount. Say what each word means under "
                f"customer_sheet, values ({where}): `ended`, `unchanged` or an amount."
            )
        if problems:
            raise LoadError("\n".join(problems))


def sheet_recipe(
    mapping: RawMapping, sheet: CustomerSheet, table: str, file: RawFile, header: tuple[str, ...]
) -> SheetRecipe:
    """How a sheet with this header becomes rows of `table`.

    Raises:
        LoadError: a column that mapping.yml names is not there, or no month is found among the headings.
    """
    problems = [
        f"{file.name} has no column {name}, which {mapping.place('customer_sheet', 'columns', column)}, "
        f"names. Its columns: {', '.join(header)}."
        for column, name in sheet.columns.items()
        if name not in header
    ]
    months = heading_months(header, sheet.year, file, problems)
    if problems:
        raise LoadError("\n".join(problems))
    return SheetRecipe(file, table, sheet, header, months)


def heading_months(
    header: Sequence[str], first_year: int | None, file: RawFile, problems: list[str]
) -> tuple[tuple[str, int], ...]:
    """The first days of the months among the headings, each with its position; without any, a problem.

    A heading without a year follows the one before; `first_year` is that of the first.
    """
    months: list[tuple[int, int, int]] = []
    for place, name in enumerate(header):
        text = name.strip()
        full = re.fullmatch(r"([0-9]{4})[-/.年] ?([0-9]{1,2})月?(?:[-/]0?1)?", text)
        short = re.fullmatch(r"([0-9]{1,2})月", text)
        if full:
            year, month = int(full[1]), int(full[2])
        elif short:
            month = int(short[1])
            if months:
                year = months[-1][0] + (month <= months[-1][1])
            elif first_year is None:
                problems.append(
                    f"{file.name}: the heading {text} has no year. Add `year` under customer_sheet in "
                    f"mapping.yml: the year of {text}."
                )
                return ()
            else:
                year = first_year
        else:
            continue
        if not 1 <= month <= 12:
            continue
        if months and (year, month) <= months[-1][:2]:
            problems.append(
                f"{file.name}: the heading {text} comes after {header[months[-1][2]].strip()}; "
                "put the months in order."
            )
        months.append((year, month, place))
    if not months:
        problems.append(
            f"{file.name} has no column of a month, such as 2025/04 or 4月. Its columns: {', '.join(header)}."
        )
    return tuple((f"{year}-{month:02d}-01", place) for year, month, place in months)


def _shown(cells: Sequence[str]) -> str:
    more = f" and {len(cells) - _CELLS_SHOWN} more cells" if len(cells) > _CELLS_SHOWN else ""
    return "; ".join(cells[:_CELLS_SHOWN]) + more
