"""Rows of a file in the columns of the contract, as mapping.yml says; applied while they land.

What mapping.yml does not make plain stays as it was read, and the contract judges it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from orchestration.loading.contract import Column, Table
from orchestration.loading.errors import LoadError
from orchestration.loading.files import RawFile
from orchestration.loading.known_names import billing_period, plain
from orchestration.loading.mapping import RawMapping, TableMapping
from orchestration.loading.spelling import PLAIN, WIDE, is_number, is_time

# Where the smallest unit of a currency is no hundredth, after ISO 4217.
_DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_SIGNS = "[¥$€£]?"
_CLOCK = r"[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.][0-9]+)?)? ?([AaPp][Mm])?"
_OFFSET = r" ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})"
_EXACT = Decimal("1e-8")

# The values of a row, by the position of their columns, to the text of one column of the contract.
Value = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class MappedRow:
    """A row in the columns of a recipe; `file_name` and `row_number` say where it comes from."""

    file_name: str
    row_number: int
    values: list[str]


@dataclass(frozen=True)
class Recipe:
    """How rows of one file become rows of a table: its columns, and a function for each."""

    file: RawFile
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    values: tuple[Value, ...]

    def rows(self, rows: Iterator[Sequence[str]]) -> Iterator[MappedRow]:
        """The rows of the file, without its header, in the columns of the recipe."""
        for number, row in enumerate(rows, start=1):
            yield MappedRow(self.file.name, number, [value(row) for value in self.values])


def recipe_of(
    mapping: RawMapping, table: Table, file: RawFile, header: Sequence[str], reporting_currency: str
) -> Recipe:
    """How the rows of a file with this header become rows of `table`.

    Raises:
        LoadError: mapping.yml names a column that the file does not have.
    """
    mapped = mapping.of(table.name)
    places = {name: place for place, name in enumerate(header)}
    used: set[str] = set()
    problems: list[str] = []

    def place_of(name: str, *keys: str) -> int:
        if name not in places:
            problems.append(
                f"{file.name} has no column {name}, which {mapping.place('tables', table.name, *keys)}, "
                f"names. Its columns: {', '.join(header)}."
            )
            return 0
        used.add(name)
        return places[name]

    values: dict[str, Value] = {}
    for column in table.columns:
        name = column.name
        if name in mapped.constants:
            values[name] = _constant(mapped.constants[name])
            continue
        if name in mapped.columns:
            place = place_of(mapped.columns[name], "columns", name)
        elif name in places and name not in mapped.columns.values():
            place = place_of(name)
        else:
            continue
        values[name] = _read(place, column, mapped)
    if mapped.billing is not None:
        place = place_of(mapped.billing, "billing")
        values["billing_interval"] = lambda row: (billing_period(row[place]) or (row[place], 1))[0]
        values["billing_interval_count"] = lambda row: str((billing_period(row[place]) or ("", 1))[1])
    rate = _constant("")
    if mapped.tax:
        rate = _constant(str(mapped.tax.rate))
        if mapped.tax.rate_column is not None:
            rate = _cell(place_of(mapped.tax.rate_column, "tax", "rate_column"))
    if problems:
        raise LoadError("\n".join(problems))
    _change_amounts(values, mapped, rate, reporting_currency)
    unknown = tuple(name for name in header if name not in used)
    return Recipe(file, tuple(values), unknown, tuple(values.values()))


def _change_amounts(
    values: dict[str, Value], mapped: TableMapping, rate: Value, reporting_currency: str
) -> None:
    """Have amounts in whole units, and without tax."""
    currency = values.get("currency", _constant(""))
    for name in mapped.minor_units:
        if name in values:
            values[name] = _of_minor_units(values[name], currency, reporting_currency)
    for name in mapped.tax.columns if mapped.tax else ():
        if name in values:
            values[name] = _net(values[name], rate)


def plain_number(text: str, decimal_mark: str = ".", thousands_mark: str = ",") -> Decimal | None:
    """The number that a text writes with these marks; None where it writes none."""
    thousands = f"[1-9][0-9]{{0,2}}(?:{re.escape(thousands_mark)}[0-9]{{3}})+|" if thousands_mark else ""
    pattern = f"([+-]?){_SIGNS} ?([+-]?)({thousands}[0-9]+)(?:{re.escape(decimal_mark)}([0-9]+))? ?[円€]?"
    found = re.fullmatch(pattern, _narrow(text))
    if not found:
        return None
    whole = found[3].replace(thousands_mark, "") if thousands_mark else found[3]
    sign = -1 if "-" in (found[1], found[2]) else 1
    return sign * Decimal(f"{whole}.{found[4]}" if found[4] else whole)


def plain_time(text: str, order: str, timezone: str | None) -> str | None:
    """The ISO 8601 spelling of a date or time in an order of DATE_ORDERS; None where it is in another.

    A time without an offset is one of `timezone`.
    """
    day = re.escape(order)
    for token, name in (("YYYY", "year"), ("MM", "month"), ("DD", "day")):
        digits = "[0-9]{4}" if token == "YYYY" else "[0-9]{2}" if order == "YYYYMMDD" else "[0-9]{1,2}"
        day = day.replace(token, f"(?P<{name}>{digits})")
    found = re.fullmatch(f"{day}(?P<clock>{_CLOCK})?(?P<offset>{_OFFSET})?", _narrow(text))
    if not found:
        return None
    try:
        date = dt.date(int(found["year"]), int(found["month"]), int(found["day"]))
        if not found["clock"]:
            return date.isoformat()
        clock = re.fullmatch(_CLOCK, found["clock"])
        assert clock
        hour = int(clock[1])
        if clock[4]:
            hour = hour % 12 + (12 if clock[4].lower() == "pm" else 0)
        moment = dt.datetime.combine(date, dt.time(hour, int(clock[2]), int(clock[3] or 0)))
    except ValueError:
        return None
    if found["offset"]:
        return f"{moment.isoformat()}{found['offset'].strip().replace('UTC', 'Z')}"
    if timezone:
        moment = moment.replace(tzinfo=ZoneInfo(timezone)).astimezone(dt.UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}Z"
    return moment.isoformat()


def _narrow(text: str) -> str:
    return text.translate(str.maketrans(WIDE, PLAIN)).strip()


def _constant(value: str) -> Value:
    return lambda _: value


def _cell(place: int) -> Value:
    return lambda row: row[place]


def _read(place: int, column: Column, mapped: TableMapping) -> Value:
    """A value of a column: translated, then its time or number made plain."""
    words = {plain(word): meaning for word, meaning in mapped.values.get(column.name, {}).items()}
    change = _change(column, mapped)

    def value(row: Sequence[str]) -> str:
        text = row[place]
        if words and (meaning := words.get(plain(text))) is not None:
            return meaning
        return change(text) if change and text.strip() else text

    return value


def _change(column: Column, mapped: TableMapping) -> Callable[[str], str] | None:
    if is_time(column):
        order = mapped.dates.get(column.name) if isinstance(mapped.dates, Mapping) else mapped.dates
        orders = [order] if order else []
        if mapped.timezone:
            # Years that come first are read without being asked for, and have a zone too.
            orders += ["YYYY/MM/DD", "YYYY-MM-DD"]
        if not orders:
            return None
        zone = mapped.timezone if column.data_type == "timestamp" else None
        return lambda text: next(
            (found for order in orders if (found := plain_time(text, order, zone))), text
        )
    if is_number(column) and (mapped.decimal_mark or mapped.thousands_mark):
        mark, thousands = mapped.decimal_mark or ".", mapped.thousands_mark
        return lambda text: _number_or_broken(text, mark, thousands)
    return None


def _number_or_broken(text: str, mark: str, thousands: str) -> str:
    number = plain_number(text, mark, thousands)
    # Another mark must not be read as if nothing had been said of marks.
    return f"{text} (decimal mark {mark})" if number is None else f"{number:f}"


def _of_minor_units(value: Value, currency: Value, reporting_currency: str) -> Value:
    def whole_units(row: Sequence[str]) -> str:
        text = value(row)
        number = plain_number(text)
        decimals = _DECIMALS.get((currency(row).strip() or reporting_currency).upper(), 2)
        return text if number is None else f"{number.scaleb(-decimals):f}"

    return whole_units


def _net(value: Value, rate: Value) -> Value:
    def net(row: Sequence[str]) -> str:
        gross, text = plain_number(value(row)), rate(row).strip()
        share = plain_number(text.removesuffix("%").removesuffix("％"))  # noqa: RUF001  full width
        if gross is None:
            return value(row)
        if share is None:
            return f"{value(row)} (tax rate {text or 'missing'})"
        if text.endswith(("%", "％")):  # noqa: RUF001  full width
            share /= 100
        return f"{(gross / (1 + share)).quantize(_EXACT).normalize():f}"

    return net
