"""Which rule makes the difference between two figures: each is tried, and the one that fits is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

# Rates of tax on sales that are in use, in percent.
_TAXES = (5, 7, 8, 10, 15, 19, 20, 21, 22, 23, 25)
# A rule nearly fits where it leaves this share of the difference; a rate fits many figures, so less of it.
_NEARLY = Decimal("0.05")
_NEARLY_TAX = Decimal("0.005")
# People round to whole units, or to hundredths.
_WHOLE, _HUNDREDTH = Decimal("0.5"), Decimal("0.01")
# Figures whose ratio varies by so little from month to month, and is so far from 1, are in another currency.
_SAME_RATIO = Decimal("1.1")
_OTHER_CURRENCY = (Decimal("0.7"), Decimal("1.4"))
_FEWEST_MONTHS = 2


@dataclass(frozen=True)
class Cause:
    """A rule that makes a difference, exactly or nearly; `percent` of a tax."""

    rule: str
    is_exact: bool
    percent: int | None = None


def cause_of(
    before: Decimal, here: Decimal, readings: Mapping[str, Decimal], *, is_money: bool
) -> Cause | None:
    """The rule whose reading of our figure gives the figure before; None where none does.

    `readings`: what our figure would be, by rule, in the order in which equals are preferred.
    """
    if is_same(before, here):
        return None
    difference = abs(before - here)
    found: list[tuple[Decimal, int, Cause]] = []
    taxes = [(percent, here * (100 + percent) / 100) for percent in _TAXES] if is_money and here > 0 else []
    for percent, value in taxes:
        left = abs(before - value)
        if is_same(before, value) or left <= _NEARLY_TAX * difference:
            found.append((left, 0, Cause("tax", is_same(before, value), percent)))
    for place, (rule, value) in enumerate(readings.items(), start=1):
        left = abs(before - value)
        if not is_same(value, here) and (
            is_same(before, value) or (is_money and left <= _NEARLY * difference)
        ):
            found.append((left, place, Cause(rule, is_same(before, value))))
    found.sort(key=lambda one: (not one[2].is_exact, 0 if one[2].is_exact else one[0], one[1]))
    return found[0][2] if found else None


def is_same(before: Decimal, here: Decimal) -> bool:
    """Whether two figures are equal but for rounding: before, to whole units or hundredths."""
    is_whole = before == before.to_integral_value()
    return abs(before - here) <= (_WHOLE if is_whole and here != here.to_integral_value() else _HUNDREDTH)


def other_currency(pairs: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """How many times ours the figures before are, where that is the same in all months and far from 1."""
    ratios = [before / here for before, here in pairs if here > 0 and before > 0]
    if len(ratios) < _FEWEST_MONTHS or len(ratios) < len(pairs) or max(ratios) > _SAME_RATIO * min(ratios):
        return None
    middle = sorted(ratios)[len(ratios) // 2]
    low, high = _OTHER_CURRENCY
    return None if low < middle < high else middle
