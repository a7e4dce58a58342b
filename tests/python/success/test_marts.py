"""On random companies the marts of customer success say what a count by hand says."""

from __future__ import annotations

import pytest

from ..support.campaign_oracle import Campaigns
from ..support.comparison import MONEY_STEP, counted_by_hand, differences
from ..support.success_companies import success_company
from ..support.success_oracle import SuccessFigures
from ..support.warehouse import Warehouse

MARTS = (
    "kpi_success_months",
    "kpi_engagement_months",
    "kpi_content_months",
    "kpi_community_months",
    "kpi_referral_months",
    "kpi_csm_months",
    "kpi_handover_months",
)
EMPTY_WITHOUT = {
    "customer_goals": ["kpi_success_months"],
    "cs_activities": ["kpi_content_months", "kpi_community_months", "kpi_engagement_months"],
    "leads": ["kpi_handover_months"],
    "survey_responses": [],
    "team_members": [],
    "fx_rates": [],
}
STRATA = "int_campaign_strata"
MONTH, SEGMENT = "month_start", ["segment_dimension", "segment_value"]


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return Warehouse(marts=(*MARTS, "int_subscription_periods", STRATA))


@pytest.fixture(scope="module")
def campaigns() -> Warehouse:
    return Warehouse(marts=(STRATA, "fct_account_months"))


@pytest.mark.parametrize("seed", range(6))
def test_random_companies(warehouse: Warehouse, seed: int) -> None:
    company = success_company(seed)
    warehouse.build_tables(company.tables, company.as_of, company.timezone)

    periods = warehouse.rows("int_subscription_periods")
    figures = SuccessFigures(company, warehouse.rows("fct_account_months"), periods)
    first_mrr = {row["account_id"]: row["first_mrr_date"] for row in warehouse.rows("dim_accounts")}
    expected = {
        "kpi_success_months": ([MONTH, *SEGMENT], figures.success()),
        "kpi_engagement_months": ([MONTH, "activity_type", *SEGMENT], figures.engagement()),
        "kpi_content_months": ([MONTH, "content_id", "activity_type"], figures.content()),
        "kpi_community_months": ([MONTH, *SEGMENT], figures.community()),
        "kpi_referral_months": ([MONTH, *SEGMENT], figures.referrals(first_mrr)),
        "kpi_csm_months": ([MONTH, "csm_id"], figures.managers()),
        "kpi_handover_months": ([MONTH, "channel"], figures.handovers()),
    }
    found = []
    for mart, (keys, table) in expected.items():
        # Fees are rounded account by account.
        tolerance = MONEY_STEP if mart == "kpi_success_months" else 0 * MONEY_STEP
        found += differences(mart, counted_by_hand(warehouse.rows(mart)), keys, table, tolerance)
    assert "\n".join(found) == ""


def test_both_sides_of_campaigns_on_random_companies(campaigns: Warehouse) -> None:
    keys = ["campaign_id", "outcome", "tenure_band", "activity_band", "account_status"]
    found, compared = [], 0
    for seed in range(100, 116):
        company = success_company(seed)
        campaigns.build_tables(company.tables, company.as_of, company.timezone)
        periods = campaigns.rows("int_subscription_periods")
        figures = SuccessFigures(company, campaigns.rows("fct_account_months"), periods)
        strata = Campaigns(figures, campaigns.rows).strata()
        compared += sum(counts["control_accounts"] for counts in strata.values())
        found += differences(f"{STRATA} {seed}", campaigns.rows(STRATA), keys, strata)
    assert "\n".join(found) == ""
    assert compared > 50


@pytest.mark.parametrize("missing", EMPTY_WITHOUT)
def test_every_mart_is_there_without_a_table(warehouse: Warehouse, missing: str) -> None:
    company = success_company(3)
    tables = {name: rows for name, rows in company.tables.items() if name != missing}
    warehouse.build_tables(tables, company.as_of)
    empty = [mart for mart in MARTS if not warehouse.rows(mart)]
    assert sorted(empty) == sorted(EMPTY_WITHOUT[missing])
    offered = {row["offered"] for row in warehouse.rows("kpi_referral_months")}
    candidates = {row["candidates"] for row in warehouse.rows("kpi_referral_months")}
    assert (offered == {None}) == (missing == "cs_activities")
    assert (candidates == {None}) == (missing == "survey_responses")
    managers = warehouse.rows("kpi_csm_months")
    assert ({row["touches"] for row in managers} == {None}) == (missing == "cs_activities")
    assert ({row["csat_rate"] for row in managers} == {None}) == (missing == "survey_responses")


def test_revenue_alone_leaves_no_figure_but_what_is_paid(warehouse: Warehouse) -> None:
    company = success_company(3)
    accounts = [{"account_id": row["account_id"]} for row in company.tables["accounts"]]
    supplied = {name: company.tables[name] for name in ("plans", "subscription_items")}
    warehouse.build_tables({"accounts": accounts, **supplied}, company.as_of)
    assert [mart for mart in MARTS if warehouse.rows(mart)] == ["kpi_csm_months"]
    for row in warehouse.rows("kpi_csm_months"):
        assert row["csm_id"] == "unknown"
        assert row["accounts"] > 0
        assert [row[name] for name in ("coverage_rate", "touches", "csat_rate")] == [None] * 3
    assert warehouse.rows(STRATA) == []
