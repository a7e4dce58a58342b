"""What a warehouse keeps after an erasure: releases, history, logs and Dagster's runs without the erased."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.engines.duckdb_marts import publish
from orchestration.health import store
from orchestration.privacy.erasures import Erasures, privacy_of, save_erasures
from orchestration.privacy.hashing import hashed, is_token, new_token
from orchestration.privacy.purging import finish, is_to_purge, purge
from orchestration.release.history import SCORE_HISTORY, restored_history
from orchestration.release.publishing import switch
from orchestration.release.releases import (
    MartText,
    Origin,
    Release,
    kept_releases,
    published_release,
)
from orchestration.release.restoring import back_up, restore_backup
from orchestration.run_history import forget_ended_runs, history_dir
from orchestration.settings import PROJECT_DIR, Settings, load_settings

SALT = "a salt of sixteen characters or more"
GONE = ("acc-one", "Jane Roe", "jane@roe.example", "Jane complained", "acc-one|2024-06-01")
STAY = ("acc-two", "Two Ltd", "joe@two.example")
MARTS = {
    "dim_accounts": "select * from (values ('acc-one', 'Jane Roe', 'DE', 10.5), "
    "('acc-two', 'Two Ltd', 'JP', 3)) as t (account_id, account_name, country, current_mrr)",
    "dim_users": "select * from (values ('jane@roe.example', 'acc-one', 'admin'), "
    "('joe@two.example', 'acc-two', 'admin')) as t (user_id, account_id, role)",
    "fct_survey_responses": "select 'r-1' as response_id, null::varchar as account_id, "
    "'jane@roe.example' as user_id, 'Jane complained' as comment, 1 as score",
    "fct_mrr_movements": "select 'acc-one|2024-06-01' as movement_id, 'acc-one' as account_id, 4 as mrr",
    "quarantined_rows": "select 'users' as table_name, 'jane@roe.example' as row_key, 'wrong' as reason, "
    """'{"user_id":"jane@roe.example","account_id":"acc-one"}' as raw_row, 7 as row_number""",
    "account_health_history": "select unnest(['acc-one', 'acc-two']) as account_id, "
    "date '2024-05-31' as as_of_date, 'v1' as config_version, 50.0 as score",
    "kpi_nps_months": "select date '2024-06-01' as month_start, 0.5 as nps",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A warehouse with two releases, and the account acc-one to be erased."""
    raw_dir = tmp_path / "raw"
    raw_dir.mkdir()
    settings = load_settings(
        {
            "CSKPI_RAW_DIR": str(raw_dir),
            "CSKPI_WAREHOUSE_DIR": str(tmp_path / "warehouse"),
            "CSKPI_HASH_SALT": SALT,
        }
    )
    settings.build_path.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.build_path)) as connection:
        connection.execute("create schema marts")
        for name, query in MARTS.items():
            connection.execute(f"create table marts.{name} as {query}")
    reports = settings.warehouse_dir / "build" / "reports"
    reports.mkdir()
    (reports / "index.html").write_text("<p>All customers</p>", encoding="utf-8")
    (reports / "work.html").write_text("<p>Call Jane Roe</p>", encoding="utf-8")
    origin = Origin.of(settings, PROJECT_DIR)
    for name in ("20240701", "20240702"):
        release = Release(name, f"run-{name}", dt.date(2024, 7, 1), origin)
        texts = {"dim_accounts": MartText("Customers.", {"country": "Where it's."})}
        publish(settings.build_path, settings.warehouse_dir, release, texts)
    settings.build_path.unlink()
    for path in reports.iterdir():
        path.unlink()
    erase(settings, "account", "acc-one")
    return settings


def erase(settings: Settings, kind: str, value: str) -> None:
    """As landing does."""
    tokens = {**privacy_of(settings).erasures.tokens, (kind, hashed(SALT, value)): new_token()}
    save_erasures(settings, Erasures(tokens, is_purged=False))


def holding(folder: Path, *texts: str) -> set[tuple[str, str]]:
    """Files that hold a text as bytes, or in a table or Parquet file."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        contents = [path.read_bytes()]
        with duckdb.connect() as connection:
            if path.suffix == ".parquet":
                contents.append(repr(connection.execute(f"from '{path}'").fetchall()).encode())
            elif path.suffix == ".duckdb":
                connection.execute(f"attach '{path}' as found (read_only)")
                for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall():
                    contents.append(repr(connection.execute(f"from found.marts.{name}").fetchall()).encode())
        found |= {(path.name, text) for text in texts for content in contents if text.encode() in content}
    return found


def test_every_kept_release_is_written_anew_without_them(settings: Settings) -> None:
    before = holding(settings.warehouse_dir, *GONE, *STAY)
    assert {text for _, text in before} == {*GONE, *STAY}
    assert is_to_purge(settings)
    assert purge(settings) == ["20240701", "20240702"]
    finish(settings)
    assert not is_to_purge(settings)
    assert holding(settings.warehouse_dir, *GONE) == set()
    assert {text for _, text in holding(settings.warehouse_dir, *STAY)} == {*STAY}
    assert kept_releases(settings.warehouse_dir) == ["20240701-purged", "20240702-purged"]


def test_figures_segments_and_descriptions_of_a_release_stay(settings: Settings) -> None:
    purge(settings)
    release = published_release(settings.warehouse_dir)
    assert release is not None
    assert release.release_id == "20240702-purged"
    with duckdb.connect(str(settings.published_link / "cs_kpi.duckdb"), read_only=True) as connection:
        accounts = connection.execute("from marts.dim_accounts order by country").fetchall()
        assert [tuple(row[1:]) for row in accounts] == [(None, "DE", 10.5), ("Two Ltd", "JP", 3)]
        token = accounts[0][0]
        assert is_token(token)
        assert connection.execute(
            "select account_id from marts.dim_users where role = 'admin'"
        ).fetchall() == [
            (token,),
            ("acc-two",),
        ]
        assert connection.execute("select comment, score from marts.fct_survey_responses").fetchall() == [
            (None, 1)
        ]
        assert connection.execute("from marts.quarantined_rows").fetchall() == [
            ("users", None, "wrong", None, 7)
        ]
        comments = connection.execute(
            "select comment from duckdb_tables() where comment is not null "
            "union all select comment from duckdb_columns() where comment is not null"
        ).fetchall()
        assert comments == [("Customers.",), ("Where it's.",)]
    for name, rows in release.marts.items():
        file = settings.published_link / "marts" / f"{name}.parquet"
        assert duckdb.sql(f"select count(*) from '{file}'").fetchall() == [(rows,)]


def test_unchanged_marts_share_their_file_and_reports_that_name_nobody_stay(settings: Settings) -> None:
    file = settings.warehouse_dir / "releases" / "20240702" / "marts" / "kpi_nps_months.parquet"
    before = file.stat().st_ino
    purge(settings)
    assert (settings.published_link / "marts" / file.name).stat().st_ino == before
    reports = settings.published_link / "reports"
    assert [path.name for path in reports.iterdir()] == ["index.html"]


def test_a_second_erasure_finds_who_is_left_and_an_old_one_nobody(settings: Settings) -> None:
    purge(settings)
    finish(settings)
    assert purge(settings) == []
    erase(settings, "user", "joe@two.example")
    assert len(purge(settings)) == 2
    assert holding(settings.warehouse_dir, "joe@two.example") == set()
    assert kept_releases(settings.warehouse_dir) == ["20240701-purged2", "20240702-purged2"]


def test_a_purge_that_was_killed_before_the_old_release_went_is_taken_up(settings: Settings) -> None:
    releases = settings.warehouse_dir / "releases"
    kept = settings.warehouse_dir / "kept"
    shutil.copytree(releases, kept)
    purge(settings)
    for name in ("20240701", "20240702"):
        shutil.copytree(kept / name, releases / name)
    switch(settings.warehouse_dir, releases / "20240702")
    shutil.rmtree(kept)
    assert purge(settings) == ["20240701", "20240702"]
    assert kept_releases(settings.warehouse_dir) == ["20240701-purged", "20240702-purged"]
    assert settings.published_link.resolve().name == "20240702-purged"
    assert holding(settings.warehouse_dir, *GONE) == set()


def test_logs_go_and_a_history_that_was_restored_is_rewritten(settings: Settings) -> None:
    log = settings.warehouse_dir / "logs" / "2024-06-30-old.log"
    log.parent.mkdir()
    log.write_text("acc-one failed", encoding="utf-8")
    history = restored_history(settings.warehouse_dir, SCORE_HISTORY)
    history.parent.mkdir(parents=True)
    duckdb.sql(MARTS["account_health_history"]).write_parquet(str(history))
    purge(settings)
    assert not log.exists()
    assert not history.exists()
    history = restored_history(settings.warehouse_dir, SCORE_HISTORY)
    ids = [row[0] for row in duckdb.sql(f"select account_id from '{history}' order by 1").fetchall()]
    assert ids[0] == "acc-two"
    assert is_token(ids[1])


def test_scores_of_a_backup_of_before_come_back_under_the_token(settings: Settings, tmp_path: Path) -> None:
    published = published_release(settings.warehouse_dir)
    assert published is not None
    back_up(settings.warehouse_dir, published, tmp_path / "backup")
    purge(settings)
    restore_backup(settings.warehouse_dir, published.origin, tmp_path / "backup")
    with duckdb.connect() as connection:
        connection.execute("create schema health")
        connection.execute(
            "create table health.score_history (account_id varchar, as_of_date date, config_version varchar, "
            "score double)"
        )
        privacy = privacy_of(settings)
        store.read_history(
            connection,
            restored_history(settings.warehouse_dir, SCORE_HISTORY),
            lambda account: privacy.published("account", account),
        )
        ids = {row[0] for row in connection.execute("select account_id from health.score_history").fetchall()}
    assert ids == {"acc-two", privacy.token("account", "acc-one")}


def test_a_backup_carries_who_was_erased_into_another_warehouse(settings: Settings, tmp_path: Path) -> None:
    purge(settings)
    finish(settings)
    published = published_release(settings.warehouse_dir)
    assert published is not None
    back_up(settings.warehouse_dir, published, tmp_path / "backup")
    other = replace(settings, warehouse_dir=tmp_path / "other")
    restore_backup(other.warehouse_dir, published.origin, tmp_path / "backup")
    assert privacy_of(other).token("account", "acc-one") == privacy_of(settings).token("account", "acc-one")


def test_what_dagster_remembers_of_ended_runs_goes_from_its_files(settings: Settings) -> None:
    @dg.op
    def failing() -> None:
        dg.get_dagster_logger().info("Jane Roe")
        raise ValueError("acc-one")

    @dg.job
    def refresh() -> None:
        failing()

    folder = history_dir(settings.warehouse_dir)
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        assert not refresh.execute_in_process(instance=instance, raise_on_error=False).success
        assert holding(folder, "Jane Roe", "acc-one") != set()
        assert forget_ended_runs(instance, settings.warehouse_dir, own_run="another")
        assert instance.get_runs() == []
        assert holding(folder, "Jane Roe", "acc-one") == set()
        # It goes on remembering.
        refresh.execute_in_process(instance=instance, raise_on_error=False)
        assert len(instance.get_runs()) == 1


def test_a_history_that_warehouses_share_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    with dg.DagsterInstance.from_config(str(history_dir(tmp_path / "other"))) as shared:
        assert not forget_ended_runs(shared, settings.warehouse_dir, own_run="another")
