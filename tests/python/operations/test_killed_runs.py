"""Runs whose process was killed: they are closed, and runs of a live process are not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.lock import held
from orchestration.resources import HeldWarehouse, Warehouse
from orchestration.run_history import close_killed_runs, history_dir, killed_runs_sensor
from orchestration.settings import PROJECT_DIR

from ..support.tiny_project import tiny_warehouse, write_project, write_raw

KILLED = """
import os, signal, sys
import dagster as dg

@dg.op
def killed():
    os.kill(os.getpid(), signal.SIGKILL)

@dg.job
def refresh():
    killed()

with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
    refresh.execute_in_process(instance=instance)
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    write_project(tmp_path)
    write_raw(tmp_path, "account_id,country\na1,DE\n")
    return tiny_warehouse(tmp_path)


@pytest.fixture
def instance(warehouse: Warehouse) -> Generator[dg.DagsterInstance]:
    """The warehouse's history, in which a run was killed."""
    folder = history_dir(warehouse.settings.warehouse_dir)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(folder)], cwd=PROJECT_DIR, check=False)
    assert ended.returncode == -signal.SIGKILL
    with dg.DagsterInstance.from_config(str(folder)) as opened:
        assert statuses(opened) == ["STARTED"]
        yield opened


def statuses(instance: dg.DagsterInstance) -> list[str]:
    return [run.status.value for run in instance.get_runs()]


def test_the_next_run_closes_a_killed_one(warehouse: Warehouse, instance: dg.DagsterInstance) -> None:
    @dg.op(required_resource_keys={"warehouse"})
    def works() -> None:
        pass

    @dg.job(resource_defs={"warehouse": HeldWarehouse(warehouse=warehouse)})
    def next_refresh() -> None:
        works()

    assert next_refresh.execute_in_process(instance=instance).success
    assert sorted(statuses(instance)) == ["FAILURE", "SUCCESS"]


def test_the_sensor_closes_a_killed_run_that_it_sees_twice(
    warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    warehouse_dir = warehouse.settings.warehouse_dir
    context = dg.build_sensor_context(instance)
    sensor = killed_runs_sensor(warehouse_dir)
    sensor(context)
    assert statuses(instance) == ["STARTED"]
    sensor(context)
    assert statuses(instance) == ["FAILURE"]


def test_the_sensor_leaves_a_run_whose_process_holds_the_warehouse(
    warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    context = dg.build_sensor_context(instance)
    sensor = killed_runs_sensor(warehouse.settings.warehouse_dir)
    with held(warehouse.settings.warehouse_dir):
        sensor(context)
        sensor(context)
    assert statuses(instance) == ["STARTED"]


def test_runs_in_the_history_of_another_warehouse_are_left(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    assert close_killed_runs(instance, tmp_path / "other") == set()
    assert statuses(instance) == ["STARTED"]


def test_each_warehouse_has_a_history_of_its_own(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    with dg.DagsterInstance.from_config(str(history_dir(tmp_path / "other"))) as other:
        assert statuses(other) == []
    assert not os.path.lexists(tmp_path / "other" / ".dagster")


DEFINITIONS = """
from pathlib import Path
import dagster as dg
from orchestration.lock import held
from orchestration.run_history import killed_runs_sensor

WAREHOUSE_DIR = Path({warehouse_dir!r})

@dg.op
def works():
    with held(WAREHOUSE_DIR):
        pass

@dg.job
def refresh():
    works()

definitions = dg.Definitions(jobs=[refresh], sensors=[killed_runs_sensor(WAREHOUSE_DIR, seconds=5)])
"""


def test_a_run_launched_through_the_daemon_runs_after_one_was_killed(
    warehouse: Warehouse, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    warehouse_dir = warehouse.settings.warehouse_dir
    path = tmp_path / "launched.py"
    path.write_text(DEFINITIONS.format(warehouse_dir=str(warehouse_dir)), encoding="utf-8")
    environ = {**os.environ, "DAGSTER_HOME": instance.root_directory}
    place = ["-f", str(path), "-d", str(PROJECT_DIR)]
    dagster = Path(sys.executable).parent / "dagster"
    launch = [str(dagster), "job", "launch", *place, "-j", "refresh"]
    subprocess.run(launch, env=environ, cwd=PROJECT_DIR, check=True, capture_output=True)
    assert sorted(statuses(instance)) == ["QUEUED", "STARTED"]
    daemon = subprocess.Popen(
        [f"{dagster}-daemon", "run", *place],
        env=environ,
        cwd=PROJECT_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        ends_by = time.monotonic() + 150
        while sorted(statuses(instance)) != ["FAILURE", "SUCCESS"] and time.monotonic() < ends_by:
            time.sleep(1)
    finally:
        daemon.terminate()
        daemon.wait(30)
    assert sorted(statuses(instance)) == ["FAILURE", "SUCCESS"]
