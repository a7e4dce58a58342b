"""Commands of the project, run in processes of their own with settings of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import PROJECT_DIR


@dataclass(frozen=True)
class CommandRun:
    """One `python -m orchestration …` as a person types it, and the warehouse that it worked on."""

    warehouse_dir: Path
    exit_status: int
    output: str
    errors: str


WORKED_EXAMPLE = {
    "CSKPI_RAW_DIR": str(PROJECT_DIR / "examples" / "worked_example"),
    "CSKPI_AS_OF_DATE": "2024-06-30",
}


def command_environment(
    warehouse_dir: Path, history_dir: Path, raw: Mapping[str, str] = WORKED_EXAMPLE
) -> dict[str, str]:
    """The settings of a warehouse, and no other: an empty value rules out what a person's `.env` says."""
    names = (
        "AS_OF_DATE",
        "REPORTING_CURRENCY",
        "REPORTING_TIMEZONE",
        "CSV_ENCODING",
        "CLOSE_DAY",
        "HASH_PII",
        "HASH_SALT",
        "NOTIFY_URLS",
        "LANGUAGE",
    )
    return {
        **dict.fromkeys((f"CSKPI_{name}" for name in names), ""),
        "CSKPI_WAREHOUSE_DIR": str(warehouse_dir),
        "DBT_TARGET": "",
        "DAGSTER_HOME": str(history_dir),
        **raw,
    }


def run_command(
    command: str, warehouse_dir: Path, history_dir: Path, raw: Mapping[str, str] = WORKED_EXAMPLE
) -> CommandRun:
    """Run `command`, with its options, in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "orchestration", *command.split()],
        cwd=PROJECT_DIR,
        env={**os.environ, **command_environment(warehouse_dir, history_dir, raw)},
        capture_output=True,
        text=True,
        check=False,
    )
    return CommandRun(warehouse_dir, ended.returncode, ended.stdout, ended.stderr)


def new_history(folder: Path) -> Path:
    """Have Dagster remember runs in this folder, configured as the project is."""
    configuration = (PROJECT_DIR / "dagster.yaml").read_text(encoding="utf-8")
    (folder / "dagster.yaml").write_text(configuration.replace(".dagster", str(folder)), encoding="utf-8")
    return folder
