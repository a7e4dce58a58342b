"""Without any table that a company need not supply, every mart is built and passes its tests."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pytest

from orchestration.computed import COMPUTED_SCHEMAS, computed_tables
from orchestration.health import store
from orchestration.health.config import SEEDS
from orchestration.loading import read_contract
from orchestration.settings import PROJECT_DIR
from simulator import SimulatorConfig, simulate

from ..support.revenue_oracle import Row
from ..support.simulated import CONTRACT, files_of
from ..support.warehouse import Warehouse

pytestmark = pytest.mark.long

COMPANY = SimulatorConfig(accounts=90, months=18, events=5_000, seed=7)
# What other assets compute is not made here.
COMPUTED_ELSEWHERE = {"health_backtest", "health_suggestions", "kpi_leading_indicators"}
# Empty without a release before.
EMPTY_AT_FIRST = {"account_month_restatements", "kpi_restatements"}
# Steps between marts (int_*) lie beside them, but no reader sees them.
MARTS = tuple(
    sorted(
        path.stem
        for path in (PROJECT_DIR / "models" / "marts").rglob("*.sql")
        if not path.stem.startswith("int_") and path.stem not in COMPUTED_ELSEWHERE | EMPTY_AT_FIRST
    )
)
OPTIONAL = [table.name for table in read_contract().tables if not table.required]

# The marts that have no rows without a table; every other has some.
EMPTY_WITHOUT = {
    "acquisition_costs": {"fct_acquisition_costs"},
    "campaigns": {"campaign_reviews", "dim_campaigns", "kpi_campaign_effects"},
    "cancellations": {"fct_cancellations", "kpi_churn_reason_months"},
    "contracts": {"fct_contract_renewals", "kpi_renewal_months"},
    "cs_activities": {
        "fct_account_touch_months",
        "fct_community_questions",
        "fct_cs_activities",
        "kpi_community_months",
        "kpi_content_effects",
        "kpi_content_months",
        "kpi_engagement_months",
        "kpi_playbook_effects",
    },
    "customer_goals": {"fct_customer_goal_months", "fct_customer_goals", "kpi_success_months"},
    "feature_request_reactions": {"fct_feature_request_reactions"},
    "feature_requests": {"fct_feature_requests", "kpi_feature_requests"},
    "kpi_targets": {"fct_kpi_targets", "kpi_target_checks"},
    "leads": {"fct_leads", "kpi_handover_months"},
    "opportunities": {"fct_opportunities", "fct_opportunity_months", "kpi_csql_months"},
    "product_events": {
        "fct_account_feature_months",
        "fct_active_user_changes",
        "fct_user_days",
        "kpi_active_users_days",
        "kpi_feature_adoption_months",
        "kpi_sessions_months",
    },
    "reviews": {"fct_reviews", "kpi_review_months"},
    "support_tickets": {
        "fct_support_ticket_months",
        "fct_support_tickets",
        "kpi_support_agent_months",
        "kpi_support_channel_months",
    },
    "success_plan_tasks": {"fct_success_plan_tasks"},
    "survey_responses": {"fct_survey_responses", "kpi_csat_months", "kpi_nps_months"},
    "team_members": {"dim_team_members"},
    "work_item_feedback": {"fct_work_item_feedback"},
}

# Columns that are NULL in every row without a table.
UNKNOWN_WITHOUT = [
    ("acquisition_costs", "kpi_ltv_months", "cac"),
    ("cancellations", "kpi_customer_retention_months", "cs_controllable_churn_rate"),
    ("contracts", "account_360", "renewal_date"),
    ("cs_activities", "kpi_support_months", "help_views"),
    ("cs_activities", "kpi_touch_models", "coverage_rate"),
    ("customer_goals", "account_360", "open_goals"),
    ("kpi_targets", "kpi_scorecard_months", "target_value"),
    ("opportunities", "account_360", "open_opportunity_mrr"),
    ("product_events", "kpi_active_users_months", "active_users"),
    ("product_events", "account_360", "last_active_at"),
    ("support_tickets", "kpi_support_months", "tickets_opened"),
    ("support_tickets", "account_360", "open_tickets"),
    ("survey_responses", "account_360", "latest_nps"),
    ("team_members", "dim_accounts", "cs_team"),
    ("usage_gauges", "fct_account_usage_months", "data_volume"),
    ("users", "kpi_active_users_months", "total_users"),
]


class Company:
    """One simulated company, whose warehouse can be built again from any of its tables."""

    def __init__(self, raw: Mapping[str, list[Row]], as_of: dt.date) -> None:
        self.raw, self.as_of = raw, as_of
        self.warehouse = Warehouse(marts=(*MARTS, "int_account_measures", *SEEDS))
        for schema in COMPUTED_SCHEMAS:
            self.warehouse.connection.execute(f"create schema {schema}")
        for name, written in computed_tables().items():
            self.warehouse.connection.execute(f"create table {name} ({written.definition})")

    def build(self, absent: Iterable[str]) -> None:
        """Build without some tables, score, and build what reads the scores."""
        tables = {name: rows for name, rows in self.raw.items() if name not in {*absent}}
        self.warehouse.build_tables(
            tables, self.as_of, compute=lambda: store.score(self.warehouse.connection)
        )

    def filled(self) -> set[str]:
        """The marts that have rows."""
        connection = self.warehouse.connection
        return {
            mart
            for mart in MARTS
            if connection.sql(f"select 1 from {self.warehouse.relation(mart)} limit 1").fetchall()
        }

    def is_unknown(self, mart: str, column: str) -> bool:
        """Whether a column is NULL in every row."""
        query = f"select count({column}) = 0 from {self.warehouse.relation(mart)}"
        return self.warehouse.connection.sql(query).fetchall() == [(True,)]

    def failing_tests(self) -> list[str]:
        """The data tests that find rows, of those whose models were all built."""
        built = {node["unique_id"] for node in self.warehouse.nodes}
        return [
            node["name"]
            for node in self.warehouse.manifest["nodes"].values()
            if node["resource_type"] == "test"
            and node["config"]["severity"].lower() == "error"
            and built.issuperset(parent for parent in node["depends_on"]["nodes"] if "source." not in parent)
            and self.warehouse.connection.sql(node["compiled_code"]).limit(1).fetchall()
        ]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    simulated = simulate(COMPANY, CONTRACT, tmp_path_factory.mktemp("absent") / "company")
    raw = {table.name: texts_of(simulated.raw_dir, table.name) for table in read_contract().tables}
    assert [name for name, rows in raw.items() if not rows] == []
    # The simulator breaks no value that a row can do without, and refers to no account that is not there.
    spoiled = {"recorded_at": "one day", "parent_account_id": "nobody"}
    raw["accounts"][0] = {**raw["accounts"][0], **spoiled}
    return Company(raw, COMPANY.end_date)


def texts_of(folder: Path, table: str) -> list[Row]:
    """The rows of a table, each value as text."""
    found = duckdb.sql(f"select columns(*)::varchar from read_parquet('{files_of(folder, table)}')")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def test_a_company_with_everything_fills_every_mart(company: Company) -> None:
    company.build(absent=[])
    assert company.failing_tests() == []
    assert set(MARTS) - company.filled() == set()


@pytest.mark.parametrize("absent", OPTIONAL)
def test_without_one_table_its_figures_alone_are_missing(company: Company, absent: str) -> None:
    company.build(absent=[absent])
    assert company.failing_tests() == []
    assert set(MARTS) - company.filled() == EMPTY_WITHOUT.get(absent, set())
    for table, mart, column in UNKNOWN_WITHOUT:
        assert company.is_unknown(mart, column) == (table == absent), f"{mart}.{column}"


@pytest.mark.parametrize("seed", range(4))
def test_without_any_number_of_tables_every_mart_is_there(company: Company, seed: int) -> None:
    drawn = random.Random(seed)
    company.build(absent=drawn.sample(OPTIONAL, drawn.randint(2, len(OPTIONAL) - 1)))
    assert company.failing_tests() == []


def test_without_any_optional_table_revenue_and_customers_are_there(company: Company) -> None:
    company.build(absent=OPTIONAL)
    assert company.failing_tests() == []
    assert {"kpi_mrr_months", "kpi_ltv_months", "kpi_retention_cohorts", "account_360"} <= company.filled()
