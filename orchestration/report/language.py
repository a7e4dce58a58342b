"""Words and numbers as people write them in the language and the currency of a report."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

LANGUAGES = ("en", "ja")
NOTHING = "–"
_SYMBOLS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}
_BILLION, _MILLION, _THOUSAND = 1e9, 1e6, 1e3
# Japanese counts large amounts by ten thousands and hundred millions, and people read no other way aloud.
_OKU, _MAN = 1e8, 1e4

Number = int | float | Decimal


class Text(NamedTuple):
    """The same words in both languages."""

    en: str
    ja: str


# Percentage points, never on a line of their own.
_POINTS = Text("\u00a0pt", "ポイント")
_DURATIONS = {
    "days": Text(" days", "日"),
    "months": Text(" months", "か月"),
    "hours": Text(" h", "時間"),
    "minutes": Text(" min", "分"),
}


@dataclass(frozen=True)
class Language:
    """How one language says texts, amounts, rates, dates and what is missing."""

    code: str
    currency: str

    def __call__(self, text: Text) -> str:
        """The text in this language."""
        return text.en if self.code == "en" else text.ja

    def of(self, row: dict[str, object], name: str) -> str:
        """The value of the row's column `<name>_en` or `<name>_ja`."""
        return str(row[f"{name}_{self.code}"] or NOTHING)

    @property
    def symbol(self) -> str:
        """What stands before an amount."""
        return _SYMBOLS.get(self.currency, f"{self.currency} ")

    def unit(self, unit: str) -> str:
        """What the numbers of a chart are counted in; nothing for plain numbers."""
        if unit == "currency":
            return self.currency
        words = {
            "rate": Text("%", "%"),
            "count": Text("number", "件数"),
            "points": Text("points", "ポイント"),
            "score": Text("points of 100", "100点満点"),
            **_DURATIONS,
        }
        return self(words[unit]).strip() if unit in words else ""

    def value(self, value: object, unit: str) -> str:
        """A value of a mart as text; `unit` is one of the dictionary's, or text, date or month.

        Rates are 0 to 1. A missing value is a dash, never 0.
        """
        if value is None or value == "":
            return NOTHING
        if isinstance(value, dt.date | dt.datetime):
            return f"{value:%Y-%m}" if unit == "month" else f"{value:%Y-%m-%d}"
        if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
            return str(value)
        number = float(value)
        if unit == "currency":
            return self._amount(number)
        return self._number(number, unit).replace("-", "−")

    def _number(self, number: float, unit: str) -> str:
        if unit == "rate":
            return f"{100 * number:.1f}%"
        if unit in ("count", "number"):
            return f"{number:,.0f}"
        if unit == "ratio":
            return f"{number:,.2f}"
        if unit in ("points", "score"):
            return f"{number:,.1f}"
        return self._duration(number, unit)

    def change(self, now: object, before: object, unit: str) -> str:
        """How much more or less than before, with its sign."""
        if now is None or before is None:
            return NOTHING
        difference = float(str(now)) - float(str(before))
        sign = "+" if difference >= 0 else "−"
        if unit == "rate":
            return f"{sign}{abs(100 * difference):.1f}{self(_POINTS)}"
        return sign + self.value(abs(difference), unit)

    def _amount(self, amount: float) -> str:
        size = abs(amount)
        sign = "−" if amount < 0 else ""
        if self.code == "ja":
            steps: tuple[tuple[float, float, str], ...] = ((_OKU, _OKU, "億"), (_MAN, _MAN, "万"))
        else:
            steps = ((_BILLION, _BILLION, "B"), (_MILLION, _MILLION, "M"), (10 * _THOUSAND, _THOUSAND, "K"))
        for least, unit, word in steps:
            if size >= least:
                return f"{sign}{self.symbol}{size / unit:,.1f}{word}"
        return f"{sign}{self.symbol}{size:,.0f}"

    def _duration(self, number: float, unit: str) -> str:
        return f"{number:,.1f}{self(_DURATIONS[unit])}" if unit in _DURATIONS else f"{number:,.2f}"
