"""What all tests share: one run of the whole project on its worked example."""

from __future__ import annotations

from pathlib import Path

import pytest

from .support.commands import CommandRun, new_history, run_command


@pytest.fixture(scope="session")
def history_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Dagster remembers the runs of the tests."""
    return new_history(tmp_path_factory.mktemp("history"))


@pytest.fixture(scope="session")
def example_run(tmp_path_factory: pytest.TempPathFactory, history_dir: Path) -> CommandRun:
    """The whole job on the worked example, which every test may read and none may change."""
    ended = run_command("run", tmp_path_factory.mktemp("example") / "warehouse", history_dir)
    assert ended.exit_status == 0, ended.output + ended.errors
    return ended
