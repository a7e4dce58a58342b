"""Publishes again and again, each time killed one change of the file system later, until nothing kills it.

    python -m tests.python.support.publishing_kills WAREHOUSE

prints one JSON line per kill: before which step it came, what a reader saw then, and after one more release.
Forking costs a hundredth of starting Python anew, so that every step is tried.
"""

from __future__ import annotations

import datetime as dt
import json
import signal
import sys
from itertools import count
from pathlib import Path

import duckdb

from orchestration.engines.duckdb_marts import publish
from orchestration.release.releases import Origin, Release

from .kills import in_child, kill_at, killed_before
from .readers import read_release

ORIGIN = Origin("/data/raw", "USD", "UTC", "account")


def build(warehouse_dir: Path, value: int) -> int:
    """A build database with two marts that hold a value."""
    path = warehouse_dir / "build" / "cs_kpi.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    (warehouse_dir / "build" / "reports").mkdir(exist_ok=True)
    (warehouse_dir / "build" / "reports" / "health.md").write_text(str(value), encoding="utf-8")
    with duckdb.connect(str(path), config={"threads": 1}) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(f"create or replace table marts.kpi_months as select {value} as mrr from range(5)")
        connection.execute("create or replace table marts.dim_accounts as select 'a1' as account_id")
    return 0


def publish_value(warehouse_dir: Path, value: int) -> int:
    """Publish what was built as a release that is named by the value."""
    release = Release(f"r{value:05}", f"run-{value}", dt.date(2024, 6, 30), ORIGIN)
    publish(warehouse_dir / "build" / "cs_kpi.duckdb", warehouse_dir, release)
    return 0


def seen(warehouse_dir: Path) -> int | None:
    """The value that a reader sees, the same in every part of one whole release; else None."""
    path = Path(f"{warehouse_dir}.seen")
    path.unlink(missing_ok=True)

    def read() -> int:
        name = read_release(warehouse_dir)
        with duckdb.connect(str(warehouse_dir / "published" / "cs_kpi.duckdb"), read_only=True) as connection:
            values = connection.execute("select distinct mrr from marts.kpi_months").fetchall()
        report = (warehouse_dir / "published" / "reports" / "health.md").read_text(encoding="utf-8")
        if values != [(int(report),)] or name != f"r{int(report):05}":
            return 1
        path.write_text(report, encoding="utf-8")
        return 0

    return int(path.read_text(encoding="utf-8")) if in_child(read) == 0 else None


def main(warehouse_dir: Path) -> None:
    """Kill before the first step, the second, and so on, and publish after each, until nothing is killed."""
    values = count(1)
    in_child(lambda: build(warehouse_dir, 1) or publish_value(warehouse_dir, next(values)))
    next(values)
    for step in count(1):
        tried, after = next(values), next(values)

        def killed(step: int = step, value: int = tried) -> int:
            build(warehouse_dir, value)
            kill_at(warehouse_dir, step)
            return publish_value(warehouse_dir, value)

        def repaired(value: int = after) -> int:
            return build(warehouse_dir, value) or publish_value(warehouse_dir, value)

        status, saw = in_child(killed), seen(warehouse_dir)
        if status != -signal.SIGKILL:
            sys.exit(status)
        line = {
            "before": killed_before(warehouse_dir).read_text(encoding="utf-8"),
            "is_old": saw == tried - 1,
            "is_new": saw == tried,
            "is_repaired": in_child(repaired) == 0 and seen(warehouse_dir) == after,
            "leftovers": sorted(path.name for path in warehouse_dir.rglob(".unfinished-*")),
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
