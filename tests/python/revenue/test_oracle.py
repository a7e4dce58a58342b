"""The day count is itself held to the worked example, so that it may judge the marts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest

from ..support.revenue_inputs import EXPECTED_DIR, KEYS, read_csv
from ..support.revenue_oracle import Company, Figures, Inputs, rounded


@pytest.fixture(scope="module")
def company(worked_example: Inputs) -> Company:
    return Company(worked_example)


def rows(company: Company, mart: str) -> Iterator[tuple[tuple[str, ...], Figures]]:
    """Key and figures, in the form of the expected file."""
    if mart == "fct_mrr_movements":
        for m in company.movements:
            yield (
                (m.account, str(m.day)),
                {
                    "movement_type": m.type,
                    "mrr_before": m.before,
                    "mrr_after": m.after,
                    "mrr_change": m.change,
                },
            )
    elif mart == "fct_mrr_movement_drivers":
        for m in company.movements:
            for d in m.drivers:
                if m.type in ("expansion", "contraction"):
                    yield (
                        (m.account, str(m.day), d.product, d.driver),
                        {"mrr_change": d.change, "is_upsell": d.is_upsell, "is_cross_sell": d.is_cross_sell},
                    )
    else:
        tables = {
            "kpi_customer_retention_months": company.customer_retention_months,
            "kpi_expansion_months": company.expansion_months,
            "kpi_mrr_months": company.mrr_months,
            "kpi_mrr_months_gross": company.mrr_months_gross,
            "kpi_retention_cohorts": company.retention_cohorts,
            "kpi_revenue_retention_months": company.revenue_retention_months,
        }
        for key, figures in tables[mart]().items():
            yield tuple(map(str, key[:-1])), figures


def same(actual: object, expected: str) -> bool:
    if actual is None or expected == "":
        return actual is None and expected == ""
    if isinstance(actual, bool) or not isinstance(actual, int | Fraction):
        return str(actual).lower() == expected
    return abs(actual - Fraction(expected)) <= Fraction(1, 10**8)


@pytest.mark.parametrize("mart", KEYS)
def test_the_oracle_gives_every_expected_figure(company: Company, mart: str) -> None:
    keys = KEYS[mart]
    expected = {tuple(row[key] for key in keys): row for row in read_csv(EXPECTED_DIR / f"{mart}.csv")}
    actual = dict(rows(company, mart))
    assert sorted(actual) == sorted(expected)
    wrong = [
        f"{key} {column}: oracle {actual[key][column]}, expected {value}"
        for key, row in expected.items()
        for column, value in row.items()
        if column not in keys and not same(actual[key][column], value)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.00005", "0.0001"),
        ("-0.00005", "-0.0001"),
        ("0.000049999", "0"),
        ("2.00015", "2.0002"),
        ("-1", "-1"),
    ],
)
def test_halves_are_rounded_away_from_zero(amount: str, expected: str) -> None:
    assert rounded(Fraction(amount)) == Fraction(expected)
