"""`make run` on the worked example, from the outside."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.lock import held
from orchestration.release.releases import published_release
from orchestration.settings import PROJECT_DIR

from ..support.commands import CommandRun, command_environment, run_command
from .conftest import exit_status

# It says when and by which run it was written.
NOT_REPEATED = {"load_report"}


@pytest.fixture(scope="module")
def second_run(
    example_run: CommandRun, history_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> CommandRun:
    """The same run again, on a copy of the first one's warehouse."""
    copy = tmp_path_factory.mktemp("again") / "warehouse"
    shutil.copytree(example_run.warehouse_dir, copy, symlinks=True)
    return run_command("run --full", copy, history_dir)


def test_it_says_how_far_it_is(example_run: CommandRun) -> None:
    progress = example_run.output.split("Published as of")[0].splitlines()
    assert progress[0].startswith("loading tables from ")
    assert progress[0].endswith("examples/worked_example")
    for step in ("models ", "tests ", "scoring account health", "publishing as of 2024-06-30"):
        assert any(line.startswith(step) for line in progress), step
    assert len(progress) < 20


def test_it_ends_with_a_summary(example_run: CommandRun) -> None:
    summary = example_run.output[example_run.output.index("Published as of") :]
    lines = {line.strip().split("  ")[0]: line for line in summary.splitlines()}
    assert "Published as of 2024-06-30; amounts in USD." in summary
    assert lines["accounts"].split() == ["accounts", "1", "36", "36", "0", "0", "0"]
    assert "Not supplied, so their figures are empty:" in summary
    assert lines["By month"].split() == ["By", "month", "2024-04", "2024-05", "2024-06"]
    assert lines["MRR at the end"].split()[-1] == "2,965.65"
    assert lines["customers at the end"].split()[-3:] == ["24", "25", "25"]
    assert str(example_run.warehouse_dir / "published" / "cs_kpi.duckdb") in summary
    assert example_run.errors == ""


def test_the_command_that_it_shows_opens_the_database(example_run: CommandRun) -> None:
    (command,) = [line for line in example_run.output.splitlines() if "import duckdb" in line]
    python, *arguments = shlex.split(command)
    assert python == ".venv/bin/python"
    shown = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True).stdout
    assert "month_start" in shown


def test_everything_that_was_said_and_done_is_in_the_logs(example_run: CommandRun) -> None:
    logs = example_run.warehouse_dir / "logs"
    assert "fct_mrr_movements" in (logs / "dbt.log").read_text(encoding="utf-8")
    (run_log,) = [path for path in logs.glob("*.log") if path.name != "dbt.log"]
    assert "publishing as of 2024-06-30" in run_log.read_text(encoding="utf-8")


def test_the_same_input_gives_the_same_values(example_run: CommandRun, second_run: CommandRun) -> None:
    assert second_run.exit_status == 0, second_run.output + second_run.errors
    release = published_release(second_run.warehouse_dir)
    assert release is not None
    assert len(release.marts) > 10
    with duckdb.connect() as connection:
        for name, run in (("first", example_run), ("second", second_run)):
            path = run.warehouse_dir / "published" / "cs_kpi.duckdb"
            connection.execute(f"attach '{path}' as {name} (read_only)")
        for mart in release.marts.keys() - NOT_REPEATED:
            differing = connection.sql(
                f"(from first.marts.{mart} except all from second.marts.{mart}) "
                f"union all (from second.marts.{mart} except all from first.marts.{mart})"
            ).fetchall()
            assert differing == [], mart


@pytest.fixture
def environment(
    example_run: CommandRun, history_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    """The environment in which the example was run, to change a setting in."""
    monkeypatch.chdir(PROJECT_DIR)
    for name, text in command_environment(example_run.warehouse_dir, history_dir).items():
        monkeypatch.setenv(name, text)
    return monkeypatch


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("CSKPI_AS_OF_DATE=2024-05-31", "published as of 2024-06-30, this run is as of 2024-05-31"),
        ("CSKPI_AS_OF_DATE=June", "CSKPI_AS_OF_DATE is 'June'; expected a date such as 2024-12-31."),
        ("CSKPI_REPORTING_CURRENCY=EUR", "(CSKPI_REPORTING_CURRENCY) was USD and is now EUR"),
        ("CSKPI_RAW_DIR=/no/such/folder", "the raw folder (CSKPI_RAW_DIR) was"),
    ],
)
def test_it_stops_with_a_sentence(
    example_run: CommandRun,
    environment: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    setting: str,
    says: str,
) -> None:
    before = published_release(example_run.warehouse_dir)
    environment.setenv(*setting.split("="))
    assert exit_status("run") == 1
    said = capfd.readouterr().err
    assert says in said
    assert len(said.splitlines()) == 1
    assert published_release(example_run.warehouse_dir) == before


def test_a_second_run_at_a_time_stops_with_a_sentence(example_run: CommandRun, history_dir: Path) -> None:
    with held(example_run.warehouse_dir):
        ended = run_command("run --full", example_run.warehouse_dir, history_dir)
    assert ended.exit_status == 1
    assert "is using the warehouse" in ended.errors
    assert ended.output == ""


def test_clean_removes_the_warehouse_and_nothing_else(tmp_path: Path, history_dir: Path) -> None:
    warehouse_dir = tmp_path / "warehouse"
    for name in ("build", "releases/r1", "target", "logs"):
        (warehouse_dir / name).mkdir(parents=True)
    (warehouse_dir / "published").symlink_to("releases/r1")
    (warehouse_dir / "notes.txt").write_text("mine", encoding="utf-8")
    assert run_command("clean", warehouse_dir, history_dir).exit_status == 0
    assert [path.name for path in warehouse_dir.iterdir()] == ["notes.txt"]
