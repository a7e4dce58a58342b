"""Numbers as people write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from orchestration.report.language import Language


@pytest.mark.parametrize(
    ("code", "currency", "value", "unit", "written"),
    [
        ("en", "USD", Decimal("771634.2"), "currency", "$771.6K"),
        ("en", "USD", 9_999, "currency", "$9,999"),
        ("en", "JPY", 12_300_000, "currency", "¥12.3M"),
        ("ja", "JPY", 731_000, "currency", "¥73.1万"),
        ("ja", "JPY", -120_000_000, "currency", "−¥1.2億"),
        ("ja", "JPY", 9_999, "currency", "¥9,999"),
        ("ja", "CHF", 20_000, "currency", "CHF 2.0万"),
        ("en", "USD", 0.8734, "rate", "87.3%"),
        ("en", "USD", -0.01, "rate", "−1.0%"),
        ("ja", "USD", 3.2, "ratio", "3.20"),
        ("ja", "USD", 12, "days", "12.0日"),
        ("en", "USD", 12_345, "count", "12,345"),
        ("en", "USD", None, "rate", "–"),
        ("en", "USD", 0, "rate", "0.0%"),
        ("ja", "USD", dt.date(2025, 12, 1), "month", "2025-12"),
    ],
)
def test_a_value(code: str, currency: str, value: object, unit: str, written: str) -> None:
    assert Language(code, currency).value(value, unit) == written


def test_a_change_has_its_sign_and_rates_change_by_points() -> None:
    assert Language("en", "USD").change(0.913, 0.9, "rate") == "+1.3\u00a0pt"
    assert Language("ja", "JPY").change(70_000, 100_000, "currency") == "−¥3.0万"
    assert Language("en", "USD").change(None, 1, "rate") == "–"
