"""Every branch of the SQL, as dbt's unit tests try it on rows of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from orchestration.dbt.runner import Dbt
from orchestration.settings import PROJECT_DIR

from ..support.commands import CommandRun, command_environment


def test_every_unit_test_passes(example_run: CommandRun, history_dir: Path, tmp_path: Path) -> None:
    # dbt takes the types of the given columns from the tables of a run.
    copy = tmp_path / "warehouse"
    shutil.copytree(example_run.warehouse_dir, copy, symlinks=True)
    target = tmp_path / "target"
    ended = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            *("--no-use-colors", "test", "--select", "test_type:unit", "--target-path", str(target)),
        ],
        cwd=PROJECT_DIR,
        env={**os.environ, **command_environment(copy, history_dir), "DBT_TARGET": "duckdb"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    statuses = {result["unique_id"]: result["status"] for result in results}
    manifest = Dbt(PROJECT_DIR, example_run.warehouse_dir).manifest()
    assert statuses == dict.fromkeys(manifest["unit_tests"], "pass")
