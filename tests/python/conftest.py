"""What all tests share: one run of the whole project on its worked example."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR


@dataclass(frozen=True)
class CommandRun:
    """One `python -m orchestration …` as a person types it, and the warehouse that it worked on."""

    warehouse_dir: Path
    exit_status: int
    output: str
    errors: str


def run_command(
    command: str, warehouse_dir: Path, history_dir: Path, settings: Mapping[str, str] | None = None
) -> CommandRun:
    """Run `command` on a warehouse, with no other settings than these."""
    history_dir.mkdir(exist_ok=True)
    (history_dir / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    # An empty value rules out what the `.env` of the person who runs the tests says.
    unset = (
        "CSKPI_RAW_DIR",
        "CSKPI_AS_OF_DATE",
        "CSKPI_REPORTING_CURRENCY",
        "CSKPI_REPORTING_TIMEZONE",
        "DBT_TARGET",
    )
    environment = {
        **os.environ,
        **dict.fromkeys(unset, ""),
        "CSKPI_WAREHOUSE_DIR": str(warehouse_dir),
        "DAGSTER_HOME": str(history_dir),
        **(settings or {}),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "orchestration", command],
        cwd=PROJECT_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return CommandRun(warehouse_dir, ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture(scope="session")
def history_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Dagster remembers the runs of the tests."""
    return tmp_path_factory.mktemp("history")


@pytest.fixture(scope="session")
def example_run(tmp_path_factory: pytest.TempPathFactory, history_dir: Path) -> CommandRun:
    """The whole job on the worked example, which every test may read and none may change."""
    ended = run_command("run", tmp_path_factory.mktemp("example") / "warehouse", history_dir)
    assert ended.exit_status == 0, ended.output + ended.errors
    return ended
