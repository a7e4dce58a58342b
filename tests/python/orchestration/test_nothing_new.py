"""A run where nothing is new ends at once and leaves the release; anything else builds."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.release.inputs import Inputs, current_inputs, is_up_to_date, save_inputs, saved_inputs
from orchestration.release.releases import MANIFEST_FILE, published_release
from orchestration.release.up_to_date import release_to_keep
from orchestration.settings import Settings, load_settings

from ..support.commands import WORKED_EXAMPLE, CommandRun, command_environment, run_command


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "dim_accounts.sql").write_text("select 1", encoding="utf-8")
    return tmp_path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    raw = tmp_path / "raw"
    (raw / "product_events").mkdir(parents=True)
    (raw / "accounts.csv").write_text("account_id\na1\n", encoding="utf-8")
    (raw / "product_events" / "2024-01.csv").write_text("event_id\ne1\n", encoding="utf-8")
    return load_settings({"CSKPI_RAW_DIR": str(raw), "CSKPI_AS_OF_DATE": "2024-06-30"})


def is_new(before: Inputs, settings: Settings, project: Path) -> bool:
    return not is_up_to_date(before, current_inputs(settings, project, before), has_as_of_date=True)


def edit(raw: Path) -> None:
    (raw / "accounts.csv").write_text("account_id\na2\n", encoding="utf-8")


def add(raw: Path) -> None:
    (raw / "product_events" / "2024-02.csv").write_text("event_id\ne2\n", encoding="utf-8")


def remove(raw: Path) -> None:
    (raw / "product_events" / "2024-01.csv").unlink()


def rename(raw: Path) -> None:
    (raw / "accounts.csv").rename(raw / "accounts.jsonl")


@pytest.mark.parametrize("change", [edit, add, remove, rename])
def test_a_changed_raw_folder_is_new(
    settings: Settings, project: Path, change: Callable[[Path], None]
) -> None:
    before = current_inputs(settings, project)
    assert not is_new(before, settings, project)
    assert settings.raw_dir
    change(settings.raw_dir)
    assert is_new(before, settings, project)


def test_a_file_that_is_delivered_again_is_not_new(settings: Settings, project: Path) -> None:
    before = current_inputs(settings, project)
    assert settings.raw_dir
    os.utime(settings.raw_dir / "accounts.csv", (1, 1))
    assert not is_new(before, settings, project)


def test_a_changed_model_is_new(settings: Settings, project: Path) -> None:
    before = current_inputs(settings, project)
    (project / "models" / "dim_accounts.sql").write_text("select 2", encoding="utf-8")
    assert is_new(before, settings, project)


def test_another_setting_is_new(settings: Settings, project: Path) -> None:
    before = current_inputs(settings, project)
    assert is_new(before, replace(settings, as_of_date=dt.date(2024, 7, 1)), project)
    assert is_new(before, replace(settings, csv_encoding="cp932"), project)


def test_the_clock_matters_only_where_something_is_dated_ahead(settings: Settings, project: Path) -> None:
    yesterday = replace(current_inputs(settings, project), loaded_on=dt.date(2024, 6, 29))
    today = replace(yesterday, loaded_on=dt.date(2024, 6, 30))
    ahead = replace(yesterday, is_dated_ahead=True)
    assert is_up_to_date(yesterday, today, has_as_of_date=False)
    assert not is_up_to_date(ahead, today, has_as_of_date=False)
    assert is_up_to_date(ahead, today, has_as_of_date=True)
    assert is_up_to_date(replace(today, is_dated_ahead=True), today, has_as_of_date=False)


def test_inputs_of_another_run_are_not_those_of_this_one(
    settings: Settings, project: Path, tmp_path: Path
) -> None:
    inputs = current_inputs(settings, project)
    save_inputs(tmp_path / "inputs.json", "r1", inputs)
    assert saved_inputs(tmp_path / "inputs.json", "r1") == inputs
    assert saved_inputs(tmp_path / "inputs.json", "r2") == Inputs()


@pytest.fixture
def copied(example_run: CommandRun, history_dir: Path, tmp_path: Path) -> Path:
    """A copy of the warehouse of the worked example."""
    shutil.copytree(example_run.warehouse_dir, tmp_path / "warehouse", symlinks=True)
    return tmp_path / "warehouse"


def settings_of(warehouse_dir: Path) -> Settings:
    return load_settings(command_environment(warehouse_dir, warehouse_dir))


def test_a_second_run_says_so_and_leaves_the_release(copied: Path, history_dir: Path) -> None:
    before = published_release(copied)
    logs = sorted((copied / "logs").iterdir())
    ended = run_command("run", copied, history_dir)
    assert ended.exit_status == 0
    said, age, *late = ended.output.splitlines()
    assert said.startswith("Nothing is new since the release as of 2024-06-30")
    assert age.startswith("The as-of date 2024-06-30 is ")
    assert late
    assert all(line.startswith(("Late", "Silent")) for line in late)
    assert published_release(copied) == before
    assert sorted((copied / "logs").iterdir()) == logs


def test_a_release_that_lost_a_mart_or_says_nothing_of_its_inputs_is_built_again(copied: Path) -> None:
    settings = settings_of(copied)
    assert release_to_keep(settings) == published_release(copied)
    mart = copied / "published" / "marts" / "dim_accounts.parquet"
    mart.rename(copied / "dim_accounts.parquet")
    assert release_to_keep(settings) is None
    (copied / "dim_accounts.parquet").rename(mart)
    manifest = copied / "published" / MANIFEST_FILE
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('"inputs"', '"earlier"'), encoding="utf-8")
    assert release_to_keep(settings) is None


def test_another_raw_folder_goes_on_to_be_refused(copied: Path, tmp_path: Path) -> None:
    shutil.copytree(WORKED_EXAMPLE["CSKPI_RAW_DIR"], tmp_path / "raw")
    assert release_to_keep(replace(settings_of(copied), raw_dir=tmp_path / "raw")) is None
