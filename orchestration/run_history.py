"""Where Dagster remembers the runs of a warehouse, and runs that were killed in it.

<warehouse>/dagster holds one warehouse's runs, so that the pages never show figures of another one.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import dagster as dg
import yaml

from orchestration.errors import WarehouseError
from orchestration.lock import held
from orchestration.settings import PROJECT_DIR

# A process that starts a run has begun it by then.
_STARTS_WITHIN = dt.timedelta(minutes=10)
_KILLED = "The process of this run ended before the run did; nothing was published. Run again."


def history_dir(warehouse_dir: Path) -> Path:
    """The DAGSTER_HOME of a warehouse, with dagster.yaml of the project for its paths."""
    folder = warehouse_dir / "dagster"
    configuration = yaml.safe_load((PROJECT_DIR / "dagster.yaml").read_text(encoding="utf-8"))
    for storage in configuration.values():
        config = storage.get("config", {})
        if "base_dir" in config:
            config["base_dir"] = str(folder / Path(config["base_dir"]).relative_to(".dagster"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dagster.yaml").write_text(yaml.safe_dump(configuration, sort_keys=False), encoding="utf-8")
    return folder


def close_killed_runs(
    instance: dg.DagsterInstance, warehouse_dir: Path, own_run: str = "", among: Collection[str] | None = None
) -> set[str]:
    """Report the runs failed that no process works on any more; the caller holds the warehouse.

    `own_run` is the caller's; where `among` is given, only those runs are closed.

    Returns:
        The ids of all killed runs; none where the history is shared: its runs may be of other warehouses.
    """
    root = instance.root_directory if not instance.is_ephemeral else None
    if root is None or Path(root).resolve() != (warehouse_dir / "dagster").resolve():
        return set()
    begun = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.STARTING]
    started_by = dt.datetime.now(dt.UTC) - _STARTS_WITHIN
    killed = set()
    for record in instance.get_run_records(dg.RunsFilter(statuses=begun)):
        run = record.dagster_run
        is_starting = run.status is dg.DagsterRunStatus.STARTING and record.create_timestamp > started_by
        if run.run_id == own_run or is_starting:
            continue
        killed.add(run.run_id)
        if among is None or run.run_id in among:
            instance.report_run_failed(run, _KILLED)
    return killed


def forget_ended_runs(instance: dg.DagsterInstance, warehouse_dir: Path, own_run: str) -> bool:
    """Remove what Dagster remembers of ended runs, from its files too; the caller holds the warehouse.

    Returns:
        False where the history is shared, so that its runs may be of other warehouses: nothing is removed.
    """
    root = instance.root_directory if not instance.is_ephemeral else None
    if root is None or Path(root).resolve() != (warehouse_dir / "dagster").resolve():
        return instance.is_ephemeral
    for run in instance.get_runs():
        if run.run_id == own_run:
            continue
        if run.is_finished:
            instance.delete_run(run.run_id)
            for path in list(Path(root).rglob(f"*{run.run_id}*")):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    # SQLite leaves the bytes of removed rows in its files until they are written anew.
    for path in Path(root).rglob("*.db"):
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
    return True


def killed_runs_sensor(warehouse_dir: Path, seconds: int = 30) -> dg.SensorDefinition:
    """Closes killed runs while nothing holds the warehouse: a queued run would wait for them for ever.

    `seconds` lie between two looks, longer than a run is without the lock at its start.
    """

    @dg.sensor(
        name="killed_runs",
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Reports runs failed whose process was killed, so that the next one in the queue runs.",
    )
    def killed_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        try:
            with held(warehouse_dir):
                # A run is without the lock for a moment at its start and its end, so twice seen is killed.
                before = set(filter(None, (context.cursor or "").split(",")))
                found = close_killed_runs(context.instance, warehouse_dir, among=before)
        except WarehouseError:
            context.update_cursor("")
            return dg.SkipReason("A run works on the warehouse.")
        context.update_cursor(",".join(sorted(found - before)))
        return dg.SkipReason(f"{len(found & before)} killed runs were closed.")

    return killed_runs
