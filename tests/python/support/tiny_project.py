"""A dbt project of six models with the shape of the real one, to run the whole job on in a moment."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.assets import health
from orchestration.dbt.runner import Dbt
from orchestration.definitions import warehouse_definitions
from orchestration.health import store
from orchestration.health.evaluation.backtest import Backtest
from orchestration.health.store import ScoreCounts
from orchestration.jobs import REFRESH_JOB
from orchestration.resources import Warehouse
from orchestration.settings import PROJECT_DIR, load_settings

_FILES = {
    "dbt_project.yml": """
name: cs_kpi
version: "1.0.0"
profile: cs_kpi
flags: {send_anonymous_usage_stats: false}
vars: {customer_level: account}
models:
  cs_kpi:
    intermediate: {+schema: intermediate, +materialized: table}
    features: {+schema: features, +materialized: table}
    marts: {+schema: marts, +materialized: table}
seeds: {cs_kpi: {+schema: seeds}}
test-paths: [tests/sql]
data_tests: {cs_kpi: {+store_failures: true, +schema: test_failures}}
""",
    "seeds/countries.csv": "country\nDE\nJP\n",
    "models/_sources.yml": """
version: 2
sources:
  - {name: raw, schema: raw, tables: [{name: accounts}, {name: plans}]}
  - {name: load, schema: raw, tables: [{name: settings}, {name: loaded_tables}]}
  - name: health
    schema: health
    tables:
      - name: account_scores
        config: {meta: {dagster: {asset_key: [health, account_scores], group: health}}}
""",
    "models/intermediate/int_settings.sql": """
select
    run_id, raw_dir, reporting_currency, reporting_timezone,
    configured_as_of_date as as_of_date, today as loaded_on, false as is_dated_ahead
from {{ source('load', 'settings') }}
""",
    "models/features/health/int_account_measures.sql": """
select account_id from {{ source('raw', 'accounts') }}
""",
    "models/marts/core/dim_accounts.sql": "select account_id, country from {{ source('raw', 'accounts') }}",
    "models/marts/core/dim_plans.sql": "select plan_id from {{ source('raw', 'plans') }}",
    "models/marts/kpis/kpi_countries.sql": """
select country, count(*) as accounts from {{ ref('dim_accounts') }} group by country
""",
    "models/marts/health/account_health_scores.sql": """
select account_id, score from {{ source('health', 'account_scores') }}
""",
    "models/_models.yml": """
version: 2
groups:
  - {name: core, owner: {email: core@example.com}}
models:
  - name: dim_accounts
    description: One row per account.
    config: {group: core}
    columns:
      - name: country
        data_tests:
          - not_null
          - relationships: {arguments: {to: ref('countries'), field: country}}
  - name: dim_plans
    columns:
      - name: plan_id
        data_tests: [not_null]
  - name: account_health_scores
    columns:
      - name: account_id
        config: {meta: {contains_pii: account}}
        data_tests:
          - relationships: {arguments: {to: ref('dim_accounts'), field: account_id}}
exposures:
  - name: health_scores
    type: ml
    owner: {name: core}
    depends_on: [ref('int_account_measures')]
unit_tests:
  - name: an_account_keeps_its_country
    model: dim_accounts
    given:
      - input: source('raw', 'accounts')
        rows: [{account_id: a1, country: DE}]
    expect: {rows: [{account_id: a1, country: DE}]}
""",
    "tests/sql/assert_every_account_has_a_score.sql": """
select accounts.account_id
from {{ ref('dim_accounts') }} as accounts
left join {{ ref('account_health_scores') }} as scores on accounts.account_id = scores.account_id
where scores.account_id is null
""",
}

GOOD_ACCOUNTS = "account_id,country\na1,DE\na2,JP\na3,DE\n"
ACCOUNTS_WITHOUT_COUNTRY = "account_id,country\na1,DE\na2,\na3,\n"


def write_project(folder: Path) -> Path:
    """The dbt project, in `folder`/project."""
    project_dir = folder / "project"
    for name, content in _FILES.items():
        path = project_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    shutil.copy(PROJECT_DIR / "profiles.yml", project_dir)
    shutil.copytree(PROJECT_DIR / "macros" / "materializations", project_dir / "macros" / "materializations")
    shutil.copy(PROJECT_DIR / "macros" / "portability" / "schemas.sql", project_dir / "macros")
    return project_dir


def write_raw(folder: Path, accounts: str) -> None:
    """The raw folder, in `folder`/raw."""
    raw_dir = folder / "raw"
    raw_dir.mkdir(exist_ok=True)
    (raw_dir / "accounts.csv").write_text(accounts, encoding="utf-8")
    (raw_dir / "plans.csv").write_text("plan_id,product_id\np1,x\n", encoding="utf-8")
    (raw_dir / "subscription_items.csv").write_text(
        "subscription_item_id,subscription_id,account_id,plan_id,unit_price,billing_interval,valid_from\n"
        "i1,s1,a1,p1,10,month,2024-01-01\n",
        encoding="utf-8",
    )


def tiny_warehouse(folder: Path, as_of_date: dt.date = dt.date(2024, 6, 30)) -> Warehouse:
    """The warehouse of `folder`, which `write_project` and `write_raw` filled."""
    settings = load_settings(
        {
            "CSKPI_RAW_DIR": str(folder / "raw"),
            "CSKPI_WAREHOUSE_DIR": str(folder / "warehouse"),
            "CSKPI_AS_OF_DATE": as_of_date.isoformat(),
        }
    )
    return Warehouse(settings, Dbt(folder / "project", settings.warehouse_dir))


def score_everyone(
    connection: duckdb.DuckDBPyConnection,
    published: Path | None = None,
    shown: Callable[[str], str] = str,
) -> ScoreCounts:
    """Stands for the health score: 50 for each account."""
    connection.execute("delete from health.account_scores")
    connection.execute(
        "insert into health.account_scores (account_id, score) "
        "select account_id, 50 from features.int_account_measures"
    )
    return ScoreCounts(accounts=3, as_of_dates=1, scores=3, unknown=0, contributions=0, config_version="tiny")


def no_backtest() -> Backtest:
    """What a backtest finds without history."""
    return Backtest([], [], [], [], [], {}, [], [], {}, None, None)


def refresh(
    warehouse: Warehouse, score: Callable[..., ScoreCounts] = score_everyone, job_name: str = REFRESH_JOB
) -> dg.ExecuteInProcessResult:
    """Run the whole job, as Dagster does.

    Raises:
        Exception: what the failing step raised.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "score", score)
        # The tiny project measures nothing, so there is no history to test a score on.
        patch.setattr(health, "backtest_scores", lambda warehouse: (no_backtest(), ""))
        job = warehouse_definitions(warehouse).resolve_job_def(job_name)
        with dg.DagsterInstance.ephemeral() as history:
            return job.execute_in_process(instance=history)
