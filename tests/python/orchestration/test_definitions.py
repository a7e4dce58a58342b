"""The asset graph that Dagster shows."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from orchestration.assets.health import BASELINES
from orchestration.dbt.runner import Dbt
from orchestration.definitions import warehouse_definitions
from orchestration.health.config import SEEDS
from orchestration.jobs import CLOSE_JOB, REFRESH_JOB
from orchestration.loading.contract import read_contract
from orchestration.resources import Warehouse
from orchestration.settings import PROJECT_DIR, load_settings

from ..support.commands import WORKED_EXAMPLE, CommandRun


@pytest.fixture(scope="module")
def definitions(example_run: CommandRun) -> dg.Definitions:
    """The definitions of the project itself, in a time zone that is not the default."""
    settings = load_settings(
        {
            **WORKED_EXAMPLE,
            "CSKPI_WAREHOUSE_DIR": str(example_run.warehouse_dir),
            "CSKPI_REPORTING_TIMEZONE": "Asia/Tokyo",
        }
    )
    return warehouse_definitions(Warehouse(settings, Dbt(PROJECT_DIR, settings.warehouse_dir)))


def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


def upstream(definitions: dg.Definitions, name: str) -> set[str]:
    """Everything that an asset is made from, directly or not."""
    found: set[str] = set()
    todo = [name]
    by_name = specs(definitions)
    while todo:
        parents = {dep.asset_key.to_user_string() for dep in by_name[todo.pop()].deps} - found
        found |= parents
        todo.extend(parents)
    return found


def test_raw_files_become_a_release_by_way_of_dbt_health_and_dbt_again(definitions: dg.Definitions) -> None:
    assert {"raw/accounts", "load/settings"} <= upstream(definitions, "features/int_account_measures")
    assert "features/int_account_measures" in upstream(definitions, "health/account_scores")
    assert "health/account_scores" in upstream(definitions, "marts/account_health_scores")
    assert "marts/account_health_scores" in upstream(definitions, "published")


def test_steps_in_python_wait_for_what_they_read(definitions: dg.Definitions) -> None:
    def inputs(name: str) -> set[str]:
        return {dep.asset_key.to_user_string() for dep in specs(definitions)[name].deps}

    measured = {"features/int_account_measures", "features/int_account_outcomes"}
    assert inputs("health/account_scores") == measured | {f"seeds/{seed}" for seed in SEEDS}


def test_the_release_waits_for_every_mart(definitions: dg.Definitions) -> None:
    marts = {name for name in specs(definitions) if name.startswith("marts/")}
    assert len(marts) > 10
    assert marts <= upstream(definitions, "published")


def test_dagster_runs_dbt_twice(definitions: dg.Definitions) -> None:
    steps = [node.name for node in definitions.resolve_job_def(REFRESH_JOB).nodes]
    computed = ["health_scores", "input_checks"]
    assert sorted(steps) == sorted(["dbt_models", "dbt_models_2", *computed, "published", "raw"])


def test_assets_are_grouped_by_layer_and_owned(definitions: dg.Definitions) -> None:
    groups = {name: spec.group_name for name, spec in specs(definitions).items()}
    assert groups["raw/accounts"] == "raw"
    assert groups["staging/stg_accounts"] == "staging"
    assert groups["staging/base_accounts"] == "staging"
    assert groups["intermediate/int_settings"] == "intermediate"
    assert groups["marts/fct_mrr_movements"] == "core"
    assert groups["marts/kpi_mrr_months"] == "kpis"
    assert groups["marts/account_health_scores"] == "health"
    assert groups["seeds/health_bands"] == "seeds"
    assert groups["health/account_scores"] == "health"
    assert groups["published"] == "publish"
    unowned = [
        name for name, spec in specs(definitions).items() if name.startswith("marts/") and not spec.owners
    ]
    assert unowned == []


def test_every_dbt_test_is_a_check(definitions: dg.Definitions, example_run: CommandRun) -> None:
    manifest = Dbt(PROJECT_DIR, example_run.warehouse_dir).manifest()
    tests = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    checks = {key.name for key in definitions.resolve_asset_graph().asset_check_keys}
    tables = read_contract().table_names
    of_inputs = {f"{table}_is_{state}" for table in tables for state in ("fresh", "consistent")}
    assert tests | {f"score_is_better_than_{model}" for model in BASELINES} | of_inputs == checks


def test_landed_tables_have_the_freshness_policy_of_their_input(definitions: dg.Definitions) -> None:
    policies = {name: spec.freshness_policy for name, spec in specs(definitions).items()}
    assert policies["raw/product_events"] == dg.FreshnessPolicy.time_window(
        fail_window=dt.timedelta(days=9), warn_window=dt.timedelta(days=4)
    )
    assert policies["raw/plans"] is None


def test_it_runs_at_five_in_the_reporting_time_zone_once_it_was_switched_on(
    definitions: dg.Definitions,
) -> None:
    schedule = definitions.resolve_schedule_def("daily_refresh")
    assert schedule.cron_schedule == "0 5 * * *"
    assert schedule.execution_timezone == "Asia/Tokyo"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    assert schedule.job_name == REFRESH_JOB


def test_a_month_is_closed_on_the_day_after_its_close_day_unless_a_release_is_as_of_it(
    definitions: dg.Definitions,
) -> None:
    schedule = definitions.resolve_schedule_def("monthly_close")
    assert schedule.cron_schedule == "0 4 6 * *"
    assert schedule.execution_timezone == "Asia/Tokyo"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    assert schedule.job_name == CLOSE_JOB

    def evaluated(day: dt.date) -> dg.RunRequest | dg.SkipReason:
        time = dt.datetime.combine(day, dt.time(4), ZoneInfo("Asia/Tokyo"))
        found = schedule(dg.build_schedule_context(scheduled_execution_time=time))
        assert isinstance(found, dg.RunRequest | dg.SkipReason)
        return found

    # The example is published as of 2024-06-30.
    skipped, closed = evaluated(dt.date(2024, 6, 6)), evaluated(dt.date(2024, 7, 6))
    assert isinstance(skipped, dg.SkipReason)
    assert "2024-06-05: the month is closed already" in str(skipped.skip_message)
    assert isinstance(closed, dg.RunRequest)
    assert closed.run_key == "2024-07-05"
