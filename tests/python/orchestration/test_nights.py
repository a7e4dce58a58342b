"""A night that adds to the release before publishes what a full build of the same files publishes."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt.runner import Dbt
from orchestration.release.history import HISTORY_MARTS
from orchestration.release.inputs import InputFile, Inputs
from orchestration.release.releases import Origin, Release
from orchestration.release.up_to_date import reason_for_full_build, unchanged_files
from orchestration.settings import PROJECT_DIR
from simulator import SimulatorConfig, simulate

from ..support.commands import CommandRun, run_command
from ..support.release_comparison import compare_releases, keys_of
from ..support.simulated import CONTRACT

COMPANY = SimulatorConfig(accounts=60, months=8, events=6_000, seed=4)
# What was published on earlier nights differs, because the full build has no earlier night.
OF_EARLIER_NIGHTS = {*HISTORY_MARTS, "kpi_restatements"}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, history_dir: Path) -> tuple[CommandRun, CommandRun]:
    """Two nights of one warehouse: the first without the last file of events, the second with all files."""
    folder = tmp_path_factory.mktemp("nights")
    raw = simulate(COMPANY, CONTRACT, folder / "company").raw_dir
    last = max((raw / "product_events").iterdir())
    shutil.move(last, folder / last.name)
    settings = {"CSKPI_RAW_DIR": str(raw), "CSKPI_AS_OF_DATE": "2025-12-20"}
    first = run_command("run", folder / "warehouse", history_dir, settings)
    shutil.move(folder / last.name, last)
    settings["CSKPI_AS_OF_DATE"] = "2025-12-31"
    second = run_command("run", folder / "warehouse", history_dir, settings)
    return first, second


def test_only_the_first_night_builds_everything(nights: tuple[CommandRun, CommandRun]) -> None:
    first, second = nights
    assert first.exit_status == 0, first.output + first.errors
    assert second.exit_status == 0, second.output + second.errors
    assert "building everything anew: nothing was published yet" in first.output
    assert "anew" not in second.output


def test_the_second_night_publishes_what_a_full_build_publishes(
    nights: tuple[CommandRun, CommandRun], tmp_path: Path, history_dir: Path
) -> None:
    night = nights[1].warehouse_dir
    settings = {
        "CSKPI_RAW_DIR": str(night.parent / "company" / "raw"),
        "CSKPI_AS_OF_DATE": "2025-12-31",
    }
    anew = run_command("run", tmp_path / "warehouse", history_dir, settings)
    assert anew.exit_status == 0, anew.output + anew.errors
    releases = [tmp_path / name for name in ("night", "anew")]
    for release, warehouse in zip(releases, (night, anew.warehouse_dir), strict=True):
        shutil.copytree(warehouse / "published" / "marts", release / "marts")
        for mart in OF_EARLIER_NIGHTS:
            (release / "marts" / f"{mart}.parquet").unlink()
        drop_first_reported(release / "marts" / "kpi_scorecard_months.parquet")
    found = compare_releases(*releases, keys_of(Dbt(PROJECT_DIR, night).manifest()))
    assert found.differences == 0, "\n".join(found.lines)
    assert found.marts > 80


def drop_first_reported(scorecard: Path) -> None:
    """Leave out what an earlier night may have reported."""
    rows = duckdb.sql(f"select * exclude (first_reported_value) from read_parquet('{scorecard}')").arrow()
    duckdb.from_arrow(rows).write_parquet(str(scorecard))


RELEASE = Release(
    "r1",
    "run-1",
    dt.date(2025, 1, 1),
    Origin("raw", "USD", "UTC", "account"),
    inputs=Inputs({"a.csv": InputFile(1, 1, "x")}, "project", {"as_of_date": "", "csv_encoding": "utf-8"}),
)


@pytest.mark.parametrize(
    ("changes", "built_by", "is_asked", "reason"),
    [
        ({}, "run-1", False, None),
        ({"settings": {"as_of_date": "2025-01-02", "csv_encoding": "utf-8"}}, "run-1", False, None),
        ({"project": "another"}, "run-1", False, "the project has changed"),
        ({"settings": {"as_of_date": "", "csv_encoding": "cp932"}}, "run-1", False, "a setting has changed"),
        ({}, "run-2", False, "the build database is not as the published release left it"),
        ({}, None, False, "the build database is not as the published release left it"),
        ({}, "run-1", True, "it was asked for"),
    ],
)
def test_an_increment_grows_from_the_same_project_settings_and_run(
    changes: dict[str, object], built_by: str | None, is_asked: bool, reason: str | None
) -> None:
    now = replace(RELEASE.inputs, **changes)
    found = reason_for_full_build(RELEASE, now, built_by, is_asked=is_asked)
    assert found == reason or (reason and found and found.startswith(reason))


def test_without_a_release_everything_is_built() -> None:
    assert reason_for_full_build(None, Inputs(), None, is_asked=False) == "nothing was published yet"


def test_files_are_compared_by_their_content() -> None:
    touched = {"a.csv": InputFile(1, 2, "x"), "b.csv": InputFile(1, 1, "x")}
    assert unchanged_files(RELEASE.inputs, Inputs(touched)) == {"a.csv"}
    assert unchanged_files(RELEASE.inputs, Inputs({"a.csv": InputFile(1, 1, "y")})) == set()
