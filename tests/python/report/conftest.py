"""The report of the worked example, as a run wrote it."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from orchestration.release.releases import open_marts, published_release
from orchestration.report.figures import Marts

from ..support.commands import CommandRun


@pytest.fixture(scope="session")
def reports(example_run: CommandRun) -> Path:
    """The folder of the published report."""
    return example_run.warehouse_dir / "published" / "reports"


@pytest.fixture
def marts(example_run: CommandRun) -> Generator[Marts]:
    """The marts of the worked example, of which nothing was read yet."""
    release = published_release(example_run.warehouse_dir)
    assert release
    with open_marts(example_run.warehouse_dir / "published") as connection:
        yield Marts(connection, release.as_of_date, release.as_of_date.replace(day=1))
