"""The whole job: what is published, what is refused, and what a failing or killed run leaves behind."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.dbt.results import NodeResult, refuse_unchecked, save_results
from orchestration.definitions import warehouse_definitions
from orchestration.engines.duckdb import DuckDBEngine
from orchestration.errors import WarehouseError
from orchestration.jobs import CLOSE_JOB
from orchestration.lock import held
from orchestration.release.releases import published_release
from orchestration.resources import Warehouse
from orchestration.settings import PROJECT_DIR

from ..support.tiny_project import ACCOUNTS_WITHOUT_COUNTRY, GOOD_ACCOUNTS, refresh, tiny_warehouse, write_raw


def published_accounts(warehouse: Warehouse) -> list[tuple[str, str]]:
    path = warehouse.settings.published_link / "cs_kpi.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.sql("select account_id, country from marts.dim_accounts order by all").fetchall()


def evaluated_checks(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {
        f"{check.asset_key.path[-1]}: {check.check_name}": check.passed
        for check in result.get_asset_check_evaluations()
    }


def test_closing_a_month_publishes_as_of_the_newest_close_day_that_is_over(tiny: Warehouse) -> None:
    refresh(tiny, job_name=CLOSE_JOB)
    release = published_release(tiny.settings.warehouse_dir)
    assert release is not None
    assert release.as_of_date == tiny.settings.closing_date
    assert release.as_of_date.day == 5
    assert dt.timedelta(0) < tiny.settings.today - release.as_of_date < dt.timedelta(32)


def test_a_run_publishes_what_it_built_and_shows_every_test_as_a_check(tiny: Warehouse) -> None:
    result = refresh(tiny)
    release = published_release(tiny.settings.warehouse_dir)
    assert release is not None
    assert release.run_id == result.run_id
    assert release.as_of_date == dt.date(2024, 6, 30)
    assert release.marts == {
        "account_health_scores": 3,
        "dim_accounts": 3,
        "dim_plans": 1,
        "kpi_countries": 2,
    }
    assert release.origin == tiny.origin
    assert published_accounts(tiny) == [("a1", "DE"), ("a2", "JP"), ("a3", "DE")]
    assert evaluated_checks(result) == {
        "dim_accounts: not_null_dim_accounts_country": True,
        "dim_accounts: relationships_dim_accounts_country__country__ref_countries_": True,
        "account_health_scores: "
        "relationships_account_health_scores_account_id__account_id__ref_dim_accounts_": True,
        "account_health_scores: assert_every_account_has_a_score": True,
        "dim_plans: not_null_dim_plans_plan_id": True,
        "backtest: score_is_better_than_end_of_term": True,
        "backtest: score_is_better_than_recency": True,
        "backtest: score_is_better_than_tenure": True,
    }


def test_the_scores_of_this_run_are_tested_not_those_of_the_last(tiny: Warehouse) -> None:
    refresh(tiny)
    write_raw(tiny.settings.warehouse_dir.parent, GOOD_ACCOUNTS + "a4,JP\n")
    refresh(tiny)
    assert published_accounts(tiny)[-1] == ("a4", "JP")


def test_a_failing_check_leaves_the_last_release_and_says_where_to_look(tiny: Warehouse) -> None:
    refresh(tiny)
    before = published_release(tiny.settings.warehouse_dir)
    write_raw(tiny.settings.warehouse_dir.parent, ACCOUNTS_WITHOUT_COUNTRY)
    with pytest.raises(dg.Failure) as failure:
        refresh(tiny)
    text = str(failure.value.description)
    query = tiny.dbt.target_dir / "compiled/cs_kpi/models/_models.yml/not_null_dim_accounts_country.sql"
    assert "test not_null_dim_accounts_country: 2 rows" in text
    assert "select * from test_failures.not_null_dim_accounts_country" in text
    assert str(tiny.settings.build_path) in text
    assert "account_id=…, country=None" in text
    assert str(query) in text
    assert query.exists()
    assert "Nothing was published" in text
    assert published_release(tiny.settings.warehouse_dir) == before

    write_raw(tiny.settings.warehouse_dir.parent, GOOD_ACCOUNTS)
    refresh(tiny)
    assert published_release(tiny.settings.warehouse_dir) != before


def test_a_failing_check_skips_what_depends_on_it_and_nothing_else(tiny: Warehouse) -> None:
    write_raw(tiny.settings.warehouse_dir.parent, ACCOUNTS_WITHOUT_COUNTRY)
    with pytest.raises(dg.Failure, match="failed, 1 that depend on them were left out"):
        refresh(tiny)
    with duckdb.connect(str(tiny.settings.build_path), read_only=True) as connection:
        built = connection.sql(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    assert sorted(name for (name,) in built) == ["dim_accounts", "dim_plans"]
    (saved,) = (tiny.dbt.target_dir / "run_statuses").iterdir()
    statuses = {name.split(".")[2]: is_good for name, is_good in json.loads(saved.read_text("utf-8")).items()}
    assert statuses["not_null_dim_plans_plan_id"]
    assert not statuses["not_null_dim_accounts_country"]
    assert not statuses["kpi_countries"]
    assert published_release(tiny.settings.warehouse_dir) is None


def test_what_was_not_built_in_this_run_is_not_published(tiny: Warehouse) -> None:
    refresh(tiny)
    run_id = "another"
    plans = NodeResult("model.cs_kpi.dim_plans", "dim_plans", "success")
    skipped = NodeResult("model.cs_kpi.kpi_countries", "kpi_countries", "skipped")
    save_results(tiny.dbt.target_dir, run_id, [plans, skipped])
    with pytest.raises(WarehouseError, match=r"Nothing was published: .*Run the whole job `refresh`"):
        refuse_unchecked(tiny.dbt.target_dir, run_id, tiny.dbt.manifest())


def test_dbt_leaves_the_environment_and_the_folder_as_they_were(tiny: Warehouse) -> None:
    before = dict(os.environ), Path.cwd()
    refresh(tiny)
    assert (dict(os.environ), Path.cwd()) == before
    with duckdb.connect(str(tiny.settings.build_path)):
        """Nobody else holds the build database."""


def test_the_next_run_parses_what_changed_alone(tiny: Warehouse) -> None:
    tiny.dbt.parse()
    tiny_warehouse(tiny.settings.warehouse_dir.parent).dbt.parse()
    log = (tiny.settings.warehouse_dir / "logs" / "dbt.log").read_text(encoding="utf-8")
    assert log.count("Unable to do partial parsing") == 1


def test_dbt_typed_by_hand_reuses_the_parse_of_the_run(
    tiny: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSKPI_WAREHOUSE_DIR", str(tiny.settings.warehouse_dir))
    monkeypatch.setenv("DBT_TARGET", "duckdb")
    typed = [str(Path(sys.executable).with_name("dbt")), "ls"]

    def said() -> str:
        ended = subprocess.run(typed, cwd=tiny.dbt.project_dir, capture_output=True, text=True, check=True)
        return ended.stdout

    assert "Unable to do partial parsing" in said()
    shutil.rmtree(tiny.dbt.project_dir / "target")
    replace(tiny.dbt, is_as_typed=True).parse()
    assert "Unable to do partial parsing" not in said()


def test_unit_tests_are_left_to_developers(tiny: Warehouse) -> None:
    model = tiny.dbt.project_dir / "models/marts/core/dim_accounts.sql"
    model.write_text(model.read_text(encoding="utf-8").replace(" country from", " 'FR' as country from"))
    with pytest.raises(dg.Failure) as failure:
        refresh(tiny)
    assert "relationships_dim_accounts" in str(failure.value.description)
    assert "an_account_keeps_its_country" not in str(failure.value.description)


def test_a_model_that_does_not_run_is_named_with_its_query_and_its_table_stays(tiny: Warehouse) -> None:
    refresh(tiny)
    before = published_release(tiny.settings.warehouse_dir)
    model = tiny.dbt.project_dir / "models/marts/health/account_health_scores.sql"
    model.write_text(model.read_text(encoding="utf-8").replace("score from", "scoer from"))
    with pytest.raises(dg.Failure) as failure:
        refresh(tiny)
    text = str(failure.value.description)
    assert "model account_health_scores: error" in text
    assert "scoer" in text
    assert "compiled/cs_kpi/models/marts/health/account_health_scores.sql" in text
    assert published_release(tiny.settings.warehouse_dir) == before
    with duckdb.connect(str(tiny.settings.build_path), read_only=True) as connection:
        assert connection.sql("select count(*) from marts.account_health_scores").fetchall() == [(3,)]


def test_an_older_as_of_date_is_refused_before_anything_is_loaded(tiny: Warehouse) -> None:
    refresh(tiny)
    loaded = tiny.settings.build_path.stat().st_mtime_ns
    with pytest.raises(WarehouseError, match="published as of 2024-06-30, this run is as of 2024-05-31"):
        refresh(tiny_warehouse(tiny.settings.warehouse_dir.parent, dt.date(2024, 5, 31)))
    assert tiny.settings.build_path.stat().st_mtime_ns == loaded


def test_publishing_alone_is_refused(tiny: Warehouse) -> None:
    refresh(tiny)
    with pytest.raises(WarehouseError, match="Run the whole job `refresh`"):
        materialize(tiny, ["published"])


def test_a_second_run_stops_at_once(tiny: Warehouse) -> None:
    with (
        held(tiny.settings.warehouse_dir),
        pytest.raises(dg.DagsterResourceFunctionError) as stopped,
    ):
        refresh(tiny)
    assert "is using the warehouse" in str(stopped.value.user_exception)
    assert not tiny.settings.build_path.exists()


KILLED = """
import os, signal, sys
from pathlib import Path

from orchestration.dbt import runner as dbt_project
from orchestration.engines import duckdb as engines
from tests.python.support.tiny_project import refresh, score_everyone, tiny_warehouse

def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def kill_on_the_second(*_, finished=[]):
    finished.append(1)
    if len(finished) == 2:
        kill()

folder, moment = Path(sys.argv[1]), sys.argv[2]
if moment == "loading":
    engines.land = lambda _, connection, run_id, **__: (connection.execute("drop table raw.accounts"), kill())
elif moment == "building":
    dbt_project.Dbt._report = kill_on_the_second
elif moment == "publishing":
    engines.publish = kill
refresh(tiny_warehouse(folder), score=kill if moment == "scoring" else score_everyone)
"""


@pytest.mark.parametrize("moment", ["loading", "building", "scoring", "publishing"])
def test_a_killed_run_harms_neither_readers_nor_the_next_run(tiny: Warehouse, moment: str) -> None:
    refresh(tiny)
    before = published_accounts(tiny)
    folder = tiny.settings.warehouse_dir.parent
    write_raw(folder, GOOD_ACCOUNTS.replace("a1,DE", "a1,JP"))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), moment], cwd=PROJECT_DIR, check=False, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert published_accounts(tiny) == before

    refresh(tiny)
    assert published_accounts(tiny)[0] == ("a1", "JP")


def materialize(warehouse: Warehouse, names: Iterable[str]) -> None:
    """Run some assets alone, as a person does from Dagster's pages."""
    definitions = warehouse_definitions(warehouse)
    with dg.DagsterInstance.ephemeral() as history:
        definitions.resolve_job_def("refresh").execute_in_process(
            instance=history, asset_selection=[dg.AssetKey(name) for name in names]
        )


def test_the_pages_say_how_old_the_as_of_date_is(tiny: Warehouse) -> None:
    (event,) = refresh(tiny).asset_materializations_for_node("published")
    days = (tiny.settings.today - dt.date(2024, 6, 30)).days
    assert event.metadata["as_of_date"].value == "2024-06-30"
    assert event.metadata["days_since_as_of_date"].value == days
    assert f"{days} days before today" in str(event.metadata["notice"].value)


def test_a_build_database_that_was_written_to_by_hand_is_not_built_upon(tiny: Warehouse) -> None:
    refresh(tiny)
    release = published_release(tiny.settings.warehouse_dir)
    engine = DuckDBEngine(tiny.settings)
    with duckdb.connect(engine.place) as connection:
        connection.execute("from intermediate.int_settings")
    assert release
    assert engine.built_by() == release.run_id
    with duckdb.connect(engine.place) as connection:
        connection.execute("create or replace table intermediate.by_hand as select 1 as one")
    assert engine.built_by() is None
