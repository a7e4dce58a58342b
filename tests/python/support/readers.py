"""Readers that open what is published again and again, and say whether they ever saw a part of a release.

    python -m tests.python.support.readers WAREHOUSE STOP

reads until the file STOP is there, then prints how often it read, and what was not whole.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.settings import PROJECT_DIR


@dataclass
class Readings:
    """How many releases were read whole, how often there was none yet, and what was wrong."""

    whole: int = 0
    none_yet: int = 0
    problems: list[str] = field(default_factory=list)


def read_release(warehouse_dir: Path) -> str | None:
    """The id of the release that a reader sees now; None before the first.

    Raises:
        AssertionError: a part of it is missing, or is not what its manifest says.
    """
    link = warehouse_dir / "published"
    if not link.is_symlink():
        return None
    folder = link.resolve()
    content = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    assert content["release_id"] == folder.name, f"{folder} holds {content['release_id']}"
    with duckdb.connect(str(folder / "cs_kpi.duckdb"), read_only=True, config={"threads": 1}) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
        assert {name for (name,) in tables} == content["marts"].keys(), f"{folder.name} lacks marts: {tables}"
        for name, rows in content["marts"].items():
            for relation in (f'marts."{name}"', f"read_parquet('{folder}/marts/{name}.parquet')"):
                found = connection.execute(f"select count(*) from {relation}").fetchall()
                assert found == [(rows,)], f"{folder.name}: {relation} has {found} rows of {rows}"
    return folder.name


def read_until(warehouse_dir: Path, stop: Path) -> Readings:
    """Read again and again until the file `stop` is there."""
    readings = Readings()
    while not stop.exists():
        before = (warehouse_dir / "published").resolve()
        try:
            if read_release(warehouse_dir) is None:
                readings.none_yet += 1
                time.sleep(0.05)
            else:
                readings.whole += 1
        except (AssertionError, OSError, ValueError, duckdb.Error) as error:
            # A release that was left three releases ago may be removed while it is read.
            if before == (warehouse_dir / "published").resolve():
                readings.problems.append(f"{type(error).__name__}: {error}")
    return readings


@contextmanager
def reading(warehouse_dir: Path, readers: int = 1) -> Generator[Readings]:
    """Have processes read what a warehouse publishes during the block; after it, what they saw."""
    seen = Readings()
    stop = warehouse_dir.with_name(f"{warehouse_dir.name}.stop")
    stop.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.python.support.readers", str(warehouse_dir), str(stop)]
    processes = [
        subprocess.Popen(command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True) for _ in range(readers)
    ]
    try:
        yield seen
    finally:
        stop.touch()
        for process in processes:
            output, _ = process.communicate()
            found = Readings(**json.loads(output))
            seen.whole += found.whole
            seen.none_yet += found.none_yet
            seen.problems += found.problems


if __name__ == "__main__":
    print(json.dumps(read_until(Path(sys.argv[1]), Path(sys.argv[2])).__dict__))
