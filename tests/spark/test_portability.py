"""The macros of macros/portability/, each on literals whose results are known."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR

from .conftest import ENGINES


@pytest.mark.parametrize("engine_name", ENGINES)
def test_macros_do_what_they_promise(engine_name: str, tmp_path: Path) -> None:
    (tmp_path / "build" / "spark").mkdir(parents=True)
    ended = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "--quiet", "build"),
            *("--project-dir", str(PROJECT_DIR / "tests" / "spark" / "portability")),
            *("--profiles-dir", str(PROJECT_DIR), "--target", engine_name),
            *("--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs")),
        ],
        env={**os.environ, "CSKPI_WAREHOUSE_DIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
