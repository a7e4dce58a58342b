"""Curves of the chance of leaving, and customers to try them on."""

from __future__ import annotations

import datetime as dt

import numpy as np

from orchestration.health.chances import ChanceCurve, estimate_chances
from orchestration.health.config import HealthConfig

from .health_builders import Engine, Row, a_config, a_measure, a_row, as_frame, in_polars

MAY = dt.date(2024, 5, 31)
KNOWN: Row = {
    "past_due_share": 0.0,
    "notice_given": 0.0,
    "days_to_term_end": 200.0,
    "days_to_scheduled_end": None,
    "billing_days": 365.0,
}
CURVES = [
    ChanceCurve(30, dt.date(2024, 1, 31), None, -5.0, (3.0, 1.0, 2.0, 0.5, 1.5, 4.0, -0.25)),
    ChanceCurve(90, dt.date(2024, 1, 31), "too_few_churns"),
    ChanceCurve(90, dt.date(2024, 4, 30), None, -4.0, (2.0, 0.5, 2.5, 1.0, 0.0, 5.0, 0.75)),
]


def rules() -> HealthConfig:
    """A score of use and of a term's end, which is timing."""
    return a_config(
        a_measure("use"),
        a_measure("days_to_term_end", axis="timing", floor=0.0, ceiling=365.0),
        axes=("adoption", "timing"),
    )


def estimated(rows: list[Row], engine: Engine = in_polars, curves: list[ChanceCurve] = CURVES) -> list[Row]:
    found = estimate_chances(engine(as_frame(rows)), rules(), curves)
    return found.collect(backend="polars").sort("account_id", "as_of_date").rows(named=True)


def some_customers() -> list[Row]:
    random = np.random.default_rng(4)

    def one_of(*values: float | None) -> float | None:
        return values[random.integers(len(values))]

    days = [dt.date(2023, 12, 31), dt.date(2024, 1, 31), dt.date(2024, 4, 30), MAY]
    return [
        a_row(
            account_id=f"a{number:02}",
            as_of_date=day,
            use=one_of(None, 0.0, 35.0, 100.0),
            past_due_share=one_of(None, 0.0, 0.4, 1.0),
            notice_given=one_of(None, 0.0, 1.0),
            days_to_term_end=one_of(None, 0.0, 30.0, 31.0, 90.0, 300.0),
            days_to_scheduled_end=one_of(None, 20.0, 90.0, 91.0),
            billing_days=one_of(None, 30.0, 45.0, 91.0),
        )
        for number in range(40)
        for day in days
    ]
