"""On random companies the marts of voice and service say what a count by hand says."""

from __future__ import annotations

import pytest

from ..support.comparison import counted_by_hand, differences
from ..support.voice_companies import random_company
from ..support.voice_oracle import Figures
from ..support.warehouse import Warehouse

VOICE = (
    "kpi_nps_months",
    "kpi_csat_months",
    "kpi_review_months",
    "kpi_churn_reason_months",
    "kpi_feature_requests",
)
SERVICE = ("kpi_support_months", "kpi_support_agent_months", "kpi_renewal_months", "kpi_csql_months")
MONTH, SEGMENT = "month_start", ["segment_dimension", "segment_value"]


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return Warehouse(marts=(*VOICE, *SERVICE))


@pytest.mark.parametrize("seed", range(8))
def test_random_companies(warehouse: Warehouse, seed: int) -> None:
    company = random_company(seed)
    warehouse.build_tables(company.tables, company.as_of, company.timezone)

    figures = Figures(company, warehouse.rows("fct_account_months"))
    churned_on = {
        (row["account_id"], row["month_start"]): row["movement_date"]
        for row in sorted(warehouse.rows("int_account_mrr_movements"), key=lambda row: row["movement_date"])
        if row["movement_type"] == "churn"
    }
    support, agents = figures.support()
    expected = {
        "kpi_nps_months": ([MONTH, *SEGMENT], figures.nps()),
        "kpi_csat_months": ([MONTH, "subject", *SEGMENT], figures.csat()),
        "kpi_review_months": ([MONTH, "site"], figures.reviews()),
        "kpi_churn_reason_months": ([MONTH, "reason_code"], figures.churn_reasons(churned_on)),
        "kpi_feature_requests": (["request_id"], figures.feature_requests()),
        "kpi_support_months": ([MONTH, *SEGMENT], support),
        "kpi_support_agent_months": ([MONTH, "agent_id"], agents),
        "kpi_renewal_months": ([MONTH, *SEGMENT], figures.renewals()),
        "kpi_csql_months": ([MONTH, *SEGMENT], figures.csqls()),
    }
    found = []
    for mart, (keys, table) in expected.items():
        found += differences(mart, counted_by_hand(warehouse.rows(mart)), keys, table)
    assert "\n".join(found) == ""
