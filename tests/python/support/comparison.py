"""Where a mart and an oracle differ, in lines that a person can look up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from .revenue_oracle import Table
from .warehouse import Record

MONEY_STEP = Fraction(1, 10_000)


def agree(actual: object, expected: object, tolerance: Fraction) -> bool:
    """Decimals to half a unit of the fourth place and `tolerance` more, floats to 1e-9, all else exactly."""
    if actual is None or expected is None:
        return actual is expected
    if isinstance(expected, bool) or not isinstance(expected, int | Fraction):
        return actual == expected
    if isinstance(actual, float):
        return math.isclose(actual, expected, rel_tol=1e-9, abs_tol=1e-12 + float(tolerance))
    assert isinstance(actual, int | Decimal), f"{actual!r} is no number"
    exact = expected.denominator == 1 or 10_000 % expected.denominator == 0
    return abs(Fraction(actual) - expected) <= tolerance + (0 if exact else MONEY_STEP / 2)


def differences(
    label: str,
    actual: Iterable[Record],
    keys: Sequence[str],
    expected: Table,
    tolerance: Fraction = Fraction(0),
) -> list[str]:
    """One line per cell that differs and per row that only one side has.

    A row of zeros and NULLs may be missing: nothing happened there.
    """
    found = []
    by_key: Table = {}
    for record in actual:
        key = tuple(record[column] for column in keys)
        if key in by_key:
            found.append(f"{label} {shown(key)}: two rows with one key")
        by_key[key] = record
    for key in sorted({*by_key, *expected}, key=str):
        if key not in by_key:
            if any(matters(value, tolerance) for value in expected[key].values()):
                found.append(f"{label} {shown(key)}: no row, expected {shown(expected[key])}")
        elif key not in expected:
            if any(matters(value, tolerance) for value in by_key[key].values()):
                found.append(f"{label} {shown(key)}: a row that should not be there: {shown(by_key[key])}")
        else:
            for column, value in expected[key].items():
                cell = by_key[key][column]
                if not agree(cell, value, tolerance):
                    found.append(f"{label} {shown(key)} {column}: mart {shown(cell)}, oracle {shown(value)}")
    return found


def matters(value: object, tolerance: Fraction) -> bool:
    return isinstance(value, int | float | Decimal | Fraction) and abs(value) > tolerance


def shown(value: object) -> str:
    if isinstance(value, Fraction):
        return str(float(value))
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={shown(each)}" for name, each in value.items())
    return str(value)


def counted_by_hand(rows: list[Record]) -> list[Record]:
    """Rows of the segment dimensions that the oracles count; all rows of a mart without segments."""
    return [row for row in rows if row.get("segment_dimension", "all") in ("all", "country", "plan")]
