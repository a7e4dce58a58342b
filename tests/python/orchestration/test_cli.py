"""What a person sees of a run that does not end well."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration import resources
from orchestration.engines import duckdb as engines
from orchestration.health import store
from orchestration.loading import LoadError
from orchestration.lock import held
from orchestration.resources import Warehouse
from orchestration.run import LOGS_KEPT, remove_old_logs, sentence_of
from orchestration.settings import PROJECT_DIR

from ..support.tiny_project import ACCOUNTS_WITHOUT_COUNTRY, refresh, score_everyone, write_raw
from .conftest import exit_status


@pytest.fixture
def typed(tiny: Warehouse, tmp_path: Path, history_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """Makes `python -m orchestration run` run on the small warehouse."""
    monkeypatch.setenv("DAGSTER_HOME", str(history_dir))
    monkeypatch.setenv("CSKPI_RAW_DIR", str(tiny.settings.raw_dir))
    monkeypatch.setenv("CSKPI_WAREHOUSE_DIR", str(tmp_path / "nothing_published"))
    monkeypatch.setattr(store, "score", score_everyone)
    monkeypatch.setattr(resources, "open_warehouse", lambda *_: tiny)
    monkeypatch.chdir(tmp_path)
    return tiny


def test_a_failing_check(typed: Warehouse, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_raw(tmp_path, ACCOUNTS_WITHOUT_COUNTRY)
    assert exit_status("run") == 1
    said = capfd.readouterr()
    assert said.err.startswith("1 model or test failed")
    assert "test not_null_dim_accounts_country: 2 rows" in said.err
    assert "Traceback" not in said.err + said.out
    assert "DEBUG" not in said.err + said.out


def test_files_that_cannot_be_loaded(
    typed: Warehouse, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "raw" / "accounts.csv").write_text("name\nx\n", encoding="utf-8")
    assert exit_status("run") == 1
    said = capfd.readouterr()
    assert "account_id" in said.err
    assert "accounts.csv" in said.err
    assert "Traceback" not in said.err + said.out


def test_an_interrupt(
    typed: Warehouse, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engines, "land", lambda *_, **__: os.kill(os.getpid(), signal.SIGINT))
    assert exit_status("run") == 130
    assert capfd.readouterr().err == "Interrupted; nothing was published.\n"


def test_an_unexpected_error(
    typed: Warehouse, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(engines, "land", break_down)
    assert exit_status("run") == 1
    said = capfd.readouterr().err
    assert said.startswith("The run stopped unexpectedly (ZeroDivisionError: by zero). Its log is ")
    log = Path(said.split("Its log is ")[1].strip().rstrip("."))
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_a_model_that_cannot_be_parsed(typed: Warehouse, capfd: pytest.CaptureFixture[str]) -> None:
    (typed.dbt.project_dir / "models" / "broken.sql").write_text("{% if %}", encoding="utf-8")
    assert exit_status("run") == 1
    assert "broken" in capfd.readouterr().err


def test_only_the_newest_logs_are_kept(tmp_path: Path) -> None:
    for number in range(30):
        path = tmp_path / f"2024-06-30-{number:02}.log"
        path.touch()
        os.utime(path, (number, number))
    (tmp_path / "dbt.log").touch()
    remove_old_logs(tmp_path)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert len(kept) == LOGS_KEPT
    assert kept[0] == "2024-06-30-11.log"
    assert "dbt.log" in kept


def test_a_wrong_file_is_told_without_dagster_and_dbt(tiny: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "raw" / "accounts.csv").write_text("name\nx\n", encoding="utf-8")
    assert "accounts.csv has no column account_id" in refused(tiny)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CSKPI_REPORTING_CURRENCY", "JPY", "the currency (CSKPI_REPORTING_CURRENCY) was USD and is now JPY"),
        ("CSKPI_AS_OF_DATE", "2024-05-31", "published as of 2024-06-30, this run is as of 2024-05-31"),
    ],
)
def test_another_origin_is_refused_without_dagster_and_dbt(
    tiny: Warehouse, name: str, value: str, said: str
) -> None:
    refresh(tiny)
    assert said in refused(tiny, **{name: value})


def test_a_second_run_is_refused_without_dagster_and_dbt(tiny: Warehouse) -> None:
    with held(tiny.settings.warehouse_dir):
        assert "is using the warehouse" in refused(tiny)


def refused(warehouse: Warehouse, **environment: str) -> str:
    """What a run in a process of its own says that is refused before Dagster and dbt are imported."""
    code = (
        "import sys\n"
        "from orchestration.cli import app\n"
        "try: app(['run'])\n"
        "except SystemExit as ended: assert ended.code == 1\n"
        "assert not {'dagster', 'dbt'} & set(sys.modules)\n"
    )
    settings = {
        "CSKPI_RAW_DIR": str(warehouse.settings.raw_dir),
        "CSKPI_WAREHOUSE_DIR": str(warehouse.settings.warehouse_dir),
        "CSKPI_REPORTING_CURRENCY": "USD",
        "CSKPI_REPORTING_TIMEZONE": "UTC",
        "CSKPI_AS_OF_DATE": "2024-06-30",
    }
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT_DIR,
        env={**os.environ, **settings, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["clean"]])
def test_help_and_clean_need_neither_dagster_nor_dbt(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from orchestration.cli import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit as ended: assert not ended.code\n"
        "slow = {'dagster', 'dbt', 'duckdb', 'numpy', 'sklearn'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=PROJECT_DIR,
        env={**os.environ, "CSKPI_WAREHOUSE_DIR": str(tmp_path / "warehouse")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def test_every_command_says_what_it_does(capfd: pytest.CaptureFixture[str]) -> None:
    assert exit_status("--help") == 0
    said = capfd.readouterr().out
    for command in ("run", "tune-health", "docs", "clean"):
        assert f" {command} " in said
    assert exit_status("tune-health", "--help") == 0
    assert "--write" in capfd.readouterr().out


def test_a_command_that_does_not_exist(capfd: pytest.CaptureFixture[str]) -> None:
    assert exit_status("rum") == 2
    assert "rum" in capfd.readouterr().err


@pytest.mark.parametrize("error", [LoadError("a sentence"), dg.Failure("a sentence")])
def test_an_error_with_a_sentence_is_that_sentence(error: Exception) -> None:
    assert str(sentence_of(error, Path("run.log"))) == "a sentence"
