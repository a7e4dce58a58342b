"""Dagster's events in SQLite with kept connections: nothing is lost, and every reader sees them at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest

from orchestration.event_log import KeptSqliteEventLogStorage
from orchestration.settings import PROJECT_DIR

from ..conftest import new_history


@pytest.fixture
def instance(tmp_path: Path) -> Generator[dg.DagsterInstance]:
    """Dagster as dagster.yaml configures it, in a folder of its own."""
    with dg.DagsterInstance.from_config(str(new_history(tmp_path))) as opened:
        yield opened


def storage_of(instance: dg.DagsterInstance) -> KeptSqliteEventLogStorage:
    storage = instance.event_log_storage
    assert isinstance(storage, KeptSqliteEventLogStorage)
    return storage


@dg.asset
def numbers() -> dg.MaterializeResult:
    """An asset with a figure."""
    return dg.MaterializeResult(metadata={"rows": 3})


@dg.asset_check(asset=numbers)
def are_many() -> dg.AssetCheckResult:
    """A check that fails."""
    return dg.AssetCheckResult(passed=False)


def run_once(instance: dg.DagsterInstance) -> str:
    return dg.materialize([numbers, are_many], instance=instance).run_id


def test_what_a_run_did_is_kept(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    run_id = run_once(instance)
    records = instance.get_records_for_run(run_id).records
    assert records[-1].event_log_entry.get_dagster_event().event_type == dg.DagsterEventType.RUN_SUCCESS
    instance.dispose()
    with dg.DagsterInstance.from_config(str(tmp_path)) as again:
        assert len(again.get_records_for_run(run_id).records) == len(records)
        materialization = again.get_latest_materialization_event(numbers.key)
        assert materialization is not None
        assert materialization.run_id == run_id


def test_another_process_sees_a_run_that_is_not_over(instance: dg.DagsterInstance) -> None:
    run_id = run_once(instance)
    storage = storage_of(instance)
    count = (
        "import sqlite3, sys\n"
        "print(*sqlite3.connect(sys.argv[1]).execute('select count(*) from event_logs').fetchone())\n"
    )
    seen = subprocess.run(
        [sys.executable, "-c", count, storage.path_for_shard(run_id)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(seen.stdout) == len(instance.get_records_for_run(run_id).records)


def test_each_event_reaches_the_file_that_the_pages_watch(instance: dg.DagsterInstance) -> None:
    run_id = run_once(instance)
    path = Path(storage_of(instance).path_for_shard(run_id))
    before = path.stat().st_mtime_ns
    instance.report_engine_event("one more", run_id=run_id, job_name="job")
    assert path.stat().st_mtime_ns > before


def test_many_threads_look_at_many_runs(instance: dg.DagsterInstance) -> None:
    run_ids = [run_once(instance) for _ in range(10)]

    def look(run_id: str) -> int:
        instance.report_engine_event("looked", run_id=run_id, job_name="job")
        return len(instance.get_records_for_run(run_id).records)

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(look, run_ids * 5))
    assert max(counts) == min(counts) + 4
    assert len({len(instance.get_records_for_run(run_id).records) for run_id in run_ids}) == 1


def test_two_processes_write_at_a_time(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    run_id = run_once(instance)
    before = len(instance.get_records_for_run(run_id).records)
    code = (
        "import sys, dagster as dg\n"
        "with dg.DagsterInstance.from_config(sys.argv[1]) as instance:\n"
        "    for _ in range(20): instance.report_engine_event('theirs', run_id=sys.argv[2], job_name='job')\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path), run_id], cwd=PROJECT_DIR) as other:
        for _ in range(20):
            instance.report_engine_event("ours", run_id=run_id, job_name="job")
    assert other.returncode == 0
    assert len(instance.get_records_for_run(run_id).records) == before + 40


def test_wiped_is_gone(instance: dg.DagsterInstance) -> None:
    run_id = run_once(instance)
    instance.wipe()
    assert instance.get_records_for_run(run_id).records == []
    assert run_once(instance) != run_id


def test_a_database_of_dagsters_own_storage_is_read_on(instance: dg.DagsterInstance) -> None:
    run_id = run_once(instance)
    path = storage_of(instance).path_for_shard(run_id)
    instance.dispose()
    with sqlite3.connect(path) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
