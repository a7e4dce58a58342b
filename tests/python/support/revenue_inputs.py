"""The tables that revenue is made from, read from files, and the figures expected of the worked example."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT_DIR

from .revenue_oracle import Inputs

EXPECTED_DIR = PROJECT_DIR / "tests" / "fixtures" / "golden"

KEYS = {
    "fct_mrr_movements": ["account_id", "movement_date"],
    "fct_mrr_movement_drivers": ["account_id", "movement_date", "product_id", "driver"],
    "kpi_customer_retention_months": ["month_start"],
    "kpi_expansion_months": ["month_start"],
    "kpi_mrr_months": ["month_start"],
    "kpi_mrr_months_gross": ["month_start"],
    "kpi_retention_cohorts": ["cohort_month", "months_since"],
    "kpi_revenue_retention_months": ["month_start"],
}
OTHER_VARIABLES: dict[str, Any] = {
    "customer_level": "parent",
    "past_due_grace_days": 14,
    "paused_mrr_policy": "include",
}
OTHER_DBT_VARIABLES = {**OTHER_VARIABLES, "gross_margin_rate": 0.8}


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def raw_inputs(folder: Path, as_of: dt.date) -> Inputs:
    """The tables of a raw folder that revenue is made from; rates may be absent."""
    return Inputs(
        accounts=read_csv(folder / "accounts.csv"),
        plans=read_csv(folder / "plans.csv"),
        subscription_items=read_csv(folder / "subscription_items.csv"),
        fx_rates=read_csv(folder / "fx_rates.csv") if (folder / "fx_rates.csv").exists() else [],
        as_of=as_of,
    )


def with_other_variables(inputs: Inputs) -> Inputs:
    return replace(inputs, **OTHER_VARIABLES, gross_margin_rate=Fraction(8, 10))
