"""Stepping back to a kept release, taking back a backup, and what a run refuses to begin with."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.delivery import check_run
from orchestration.engines.duckdb_marts import publish
from orchestration.errors import WarehouseError
from orchestration.release.history import SCORE_HISTORY, history_path
from orchestration.release.publishing import switch
from orchestration.release.releases import Origin, Release, published_release
from orchestration.release.restoring import back_up, restore_backup, restore_release
from orchestration.settings import PROJECT_DIR, Settings, SettingsError, load_settings, newest_close

MARTS = (SCORE_HISTORY, "kpi_value_versions")
DAYS = ("2024-06-28", "2024-06-29", "2024-06-30")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    raw_dir = tmp_path / "raw"
    raw_dir.mkdir()
    return load_settings({"CSKPI_RAW_DIR": str(raw_dir), "CSKPI_WAREHOUSE_DIR": str(tmp_path / "warehouse")})


def publish_days(settings: Settings, name: str, days: int, kept: int = 3) -> Release:
    """A release whose history holds a score and a figure for each of the first days."""
    settings.build_path.parent.mkdir(parents=True, exist_ok=True)
    rows = ", ".join(f"('a1', date '{day}', 'v1', {index}::double)" for index, day in enumerate(DAYS[:days]))
    with duckdb.connect(str(settings.build_path)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(
            "create or replace table marts.account_health_history as "
            f"from (values {rows}) as scores (account_id, as_of_date, config_version, score)"
        )
        connection.execute(
            "create or replace table marts.kpi_value_versions as select 'mrr' as kpi_id, "
            "as_of_date as month_start, 'all' as segment_dimension, 'all' as segment_value, "
            "'r' || score as run_id from marts.account_health_history"
        )
    release = Release(name, f"run-{name}", dt.date(2024, 7, days), Origin.of(settings, PROJECT_DIR))
    return publish(settings.build_path, settings.warehouse_dir, release, kept=kept)


def kept_days(settings: Settings) -> list[str]:
    """The days that every history holds, which are the same in each."""
    scores, figures = (history_path(settings.warehouse_dir, mart) for mart in MARTS)
    found = duckdb.sql(
        f"select coalesce(as_of_date, month_start) from '{scores}' full join '{figures}' "
        "on as_of_date = month_start order by 1"
    ).fetchall()
    for path in (scores, figures):
        assert duckdb.sql(f"select count(*) from '{path}'").fetchall() == [(len(found),)]
    return [str(day) for (day,) in found]


def history_file(settings: Settings, mart: str = SCORE_HISTORY) -> Path:
    return settings.published_link / "marts" / f"{mart}.parquet"


def test_stepping_back_switches_the_link_and_loses_no_published_score(settings: Settings) -> None:
    publish_days(settings, "r1", 1)
    publish_days(settings, "r2", 3)
    restored = restore_release(settings.warehouse_dir, "r1")
    assert restored.release_id == "r1"
    assert settings.published_link.readlink() == Path("releases/r1")
    assert published_release(settings.warehouse_dir) == restored
    assert kept_days(settings) == list(DAYS)


def test_after_the_next_release_its_own_history_counts(settings: Settings) -> None:
    publish_days(settings, "r1", 1)
    publish_days(settings, "r2", 2)
    restore_release(settings.warehouse_dir, "r1")
    publish_days(settings, "r3", 3)
    assert history_path(settings.warehouse_dir, SCORE_HISTORY) == history_file(settings)
    assert kept_days(settings) == list(DAYS)


def test_a_history_that_a_kill_left_behind_counts_no_more_after_the_next_release(
    settings: Settings, tmp_path: Path
) -> None:
    publish_days(settings, "r1", 1)
    publish_days(settings, "r2", 2)
    restore_release(settings.warehouse_dir, "r1")
    shutil.copytree(settings.warehouse_dir / "history", tmp_path / "left")
    publish_days(settings, "r3", 3)
    shutil.copytree(tmp_path / "left", settings.warehouse_dir / "history")
    assert history_path(settings.warehouse_dir, SCORE_HISTORY) == history_file(settings)
    assert kept_days(settings) == list(DAYS)


def test_an_unknown_release_is_refused_with_those_there(settings: Settings) -> None:
    publish_days(settings, "r1", 1)
    publish_days(settings, "r2", 2)
    with pytest.raises(WarehouseError, match=r"no release r9 .* there are: r2, r1"):
        restore_release(settings.warehouse_dir, "r9")


@pytest.mark.parametrize("mart", MARTS)
def test_a_missing_history_beside_a_release_stops_the_run_before_loading(
    settings: Settings, mart: str
) -> None:
    publish_days(settings, "r1", 2)
    history_file(settings, mart).unlink()
    with pytest.raises(WarehouseError, match=rf"{mart}.*cannot be read.*make restore"):
        check_run(settings)


@pytest.mark.parametrize("mart", MARTS)
def test_a_broken_page_of_the_history_stops_the_run_before_loading(settings: Settings, mart: str) -> None:
    publish_days(settings, "r1", 2)
    content = bytearray(history_file(settings, mart).read_bytes())
    content[4:60] = b"\xff" * 56
    history_file(settings, mart).write_bytes(content)
    with pytest.raises(WarehouseError, match=rf"{mart}.*cannot be read.*make restore"):
        check_run(settings)


@pytest.mark.parametrize("mart", MARTS)
def test_a_shorter_history_stops_the_run(settings: Settings, mart: str) -> None:
    publish_days(settings, "r1", 2)
    path = history_file(settings, mart)
    duckdb.sql(f"from '{path}' limit 1").write_parquet(f"{path}.short")
    Path(f"{path}.short").replace(path)
    with pytest.raises(WarehouseError, match="has 1 rows, but 2 were published"):
        check_run(settings)


def test_a_link_that_leads_nowhere_stops_the_run_and_a_restore_repairs_it(settings: Settings) -> None:
    publish_days(settings, "r1", 1)
    switch(settings.warehouse_dir, settings.warehouse_dir / "releases" / "gone")
    with pytest.raises(WarehouseError, match=r"leads to no release.*make restore RELEASE=.*r1"):
        check_run(settings)
    restore_release(settings.warehouse_dir, "r1")
    assert published_release(settings.warehouse_dir) is not None


def test_a_removed_link_beside_releases_stops_the_run(settings: Settings) -> None:
    publish_days(settings, "r1", 1)
    publish_days(settings, "r2", 2)
    settings.published_link.unlink()
    with pytest.raises(WarehouseError, match="leads to no release"):
        check_run(settings)


def test_a_backup_takes_the_place_of_a_broken_history(settings: Settings, tmp_path: Path) -> None:
    release = publish_days(settings, "r1", 2)
    back_up(settings.warehouse_dir, release, tmp_path / "backup")
    publish_days(settings, "r2", 3)
    for mart in MARTS:
        history_file(settings, mart).write_bytes(b"broken")
    assert restore_backup(settings.warehouse_dir, release.origin, tmp_path / "backup") == 4
    assert kept_days(settings) == list(DAYS[:2])


def test_a_backup_begins_a_warehouse_again_whose_releases_are_lost(
    settings: Settings, tmp_path: Path
) -> None:
    release = publish_days(settings, "r1", 2)
    back_up(settings.warehouse_dir, release, tmp_path / "backup")
    shutil.rmtree(settings.warehouse_dir / "releases")
    assert restore_backup(settings.warehouse_dir, release.origin, tmp_path / "backup") == 2 * len(MARTS)
    assert published_release(settings.warehouse_dir) is None
    assert kept_days(settings) == list(DAYS[:2])


def test_a_backup_adds_only_what_is_not_there(settings: Settings, tmp_path: Path) -> None:
    release = publish_days(settings, "r1", 2)
    back_up(settings.warehouse_dir, release, tmp_path / "backup")
    publish_days(settings, "r2", 3)
    assert restore_backup(settings.warehouse_dir, release.origin, tmp_path / "backup") == 6


def test_the_backup_of_another_company_is_refused(settings: Settings, tmp_path: Path) -> None:
    release = publish_days(settings, "r1", 2)
    back_up(settings.warehouse_dir, release, tmp_path / "backup")
    other = dataclasses.replace(release.origin, reporting_currency="JPY")
    with pytest.raises(WarehouseError, match="belongs to"):
        restore_backup(settings.warehouse_dir, other, tmp_path / "backup")


@pytest.mark.parametrize(("kept", "names"), [(1, ["r4"]), (2, ["r3", "r4"]), (4, ["r1", "r2", "r3", "r4"])])
def test_how_many_releases_are_kept_is_a_setting(settings: Settings, kept: int, names: list[str]) -> None:
    for number in range(1, 5):
        publish_days(settings, f"r{number}", 1, kept)
    assert sorted(path.name for path in (settings.warehouse_dir / "releases").iterdir()) == names


@pytest.mark.parametrize("text", ["0", "-1", "three"])
def test_a_number_of_releases_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="CSKPI_KEPT_RELEASES"):
        load_settings({"CSKPI_KEPT_RELEASES": text})


def test_the_commands_list_step_back_and_back_up(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_days(settings, "r1", 1)
    publish_days(settings, "r2", 3)
    monkeypatch.setenv("CSKPI_RAW_DIR", str(settings.raw_dir))
    monkeypatch.setenv("CSKPI_WAREHOUSE_DIR", str(settings.warehouse_dir))

    def said(*arguments: str) -> str:
        ended = CliRunner().invoke(app, arguments)
        return f"{ended.exit_code}: {ended.output}"

    assert said("releases") == "0: r2  as of 2024-07-03  published\nr1  as of 2024-07-01\n"
    assert said("backup", "--to", str(tmp_path / "backup")).startswith("0: Written to")
    assert said("restore", "--release", "r1").startswith("0: Readers see r1 again, as of 2024-07-01.")
    assert "r1  as of 2024-07-01  published" in said("releases")
    assert said("restore", "--backup", str(tmp_path / "backup")).startswith(
        "0: The next run begins with 6 rows"
    )
    assert said("restore").startswith("1: Name what to restore")
    assert said("restore", "--release", "r9").startswith("1: There is no release r9")


def test_a_backup_with_a_broken_part_is_refused(settings: Settings, tmp_path: Path) -> None:
    release = publish_days(settings, "r1", 2)
    back_up(settings.warehouse_dir, release, tmp_path / "backup")
    (tmp_path / "backup" / "kpi_value_versions.parquet").write_bytes(b"broken")
    with pytest.raises(WarehouseError, match="holds no backup that can be read"):
        restore_backup(settings.warehouse_dir, release.origin, tmp_path / "backup")


@pytest.mark.parametrize(
    ("today", "close_day", "closes_on"),
    [
        ("2024-03-06", 5, "2024-03-05"),
        ("2024-03-05", 5, "2024-02-05"),
        ("2024-03-04", 5, "2024-02-05"),
        ("2024-01-01", 27, "2023-12-27"),
        ("2024-03-02", 1, "2024-03-01"),
    ],
)
def test_a_month_is_closed_as_of_the_newest_close_day_that_is_over(
    today: str, close_day: int, closes_on: str
) -> None:
    assert newest_close(dt.date.fromisoformat(today), close_day) == dt.date.fromisoformat(closes_on)


@pytest.mark.parametrize("text", ["0", "28", "05", "fifth"])
def test_a_close_day_that_not_every_month_has_is_refused(text: str) -> None:
    with pytest.raises(
        SettingsError, match=r"CSKPI_CLOSE_DAY is .*; expected a day of the month from 1 to 27"
    ):
        load_settings({"CSKPI_CLOSE_DAY": text})
