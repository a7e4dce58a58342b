"""What the Makefile calls: `python -m orchestration run`, `tune-health`, `docs` or `clean`."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
import traceback
import uuid
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import dagster as dg
from sqlalchemy import event
from sqlalchemy.engine import Engine

from orchestration.assets.backtest import read_observed
from orchestration.dbt.runner import DbtError
from orchestration.definitions import warehouse_definitions
from orchestration.engines.spark import SparkError
from orchestration.health.backtest import on_one_thread
from orchestration.health.config import HealthConfigError
from orchestration.health.proposal import difference, propose, proposed_seed
from orchestration.jobs import REFRESH_JOB
from orchestration.loading import LoadError
from orchestration.release.publishing import WarehouseError, published_release
from orchestration.release.summary import run_summary
from orchestration.resources import Warehouse, held, open_warehouse
from orchestration.settings import PROJECT_DIR, Settings, SettingsError, load_settings

LOGS_KEPT = 20
# Errors whose message says all that a person needs.
SENTENCES = (SettingsError, WarehouseError, LoadError, HealthConfigError, DbtError, SparkError)


class RunError(RuntimeError):
    """The run failed; the message is for the person who started it."""


def main(arguments: list[str]) -> int:
    """Run a command; the exit status: 0 when all went well, 1 when not, 130 when interrupted."""
    parser = argparse.ArgumentParser(prog="python -m orchestration", description=__doc__)
    parser.add_argument("command", choices=["run", "tune-health", "docs", "clean"])
    parser.add_argument("--write", action="store_true", help="let tune-health change the seed")
    given = parser.parse_args(arguments)
    command = given.command
    # Dagster's history has a path that is relative to the project.
    os.chdir(PROJECT_DIR)
    try:
        settings = load_settings()
        if command == "clean":
            clean(settings)
        elif command == "tune-health":
            tune_health(open_warehouse(settings), write=given.write)
        elif command == "docs":
            docs(open_warehouse(settings))
        else:
            run(open_warehouse(settings))
    except KeyboardInterrupt:
        print("Interrupted; nothing was published.", file=sys.stderr)
        return 130
    except (*SENTENCES, RunError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(warehouse: Warehouse) -> None:
    """Run the job `refresh`, say how far it is, and print its summary.

    Raises:
        RunError: a check failed, or something went wrong that nobody foresaw. One of SENTENCES otherwise.
    """
    settings, run_id = warehouse.settings, str(uuid.uuid4())
    log_path = settings.warehouse_dir / "logs" / f"{settings.today}-{run_id[:8]}.log"
    with held(settings.warehouse_dir):
        log_path.parent.mkdir(exist_ok=True)
        _remove_old_logs(log_path.parent)
        warehouse.dbt.parse()
    try:
        with _output_to(log_path), _history() as history:
            job = warehouse_definitions(warehouse).resolve_job_def(REFRESH_JOB)
            job.execute_in_process(instance=history, run_id=run_id)
    except dg.DagsterExecutionInterruptedError:
        raise KeyboardInterrupt from None
    except Exception as error:
        raise _for_people(error, log_path) from error
    release = published_release(settings.warehouse_dir)
    if release is None or release.run_id != run_id:
        raise RunError(f"The run ended without a release; its log is {log_path}.")
    print("\n" + run_summary(release, settings.warehouse_dir, PROJECT_DIR))


def docs(warehouse: Warehouse) -> None:
    """Write dbt's documentation of every table into one page, and say where it is."""
    if not warehouse.settings.build_path.exists():
        raise WarehouseError("There is nothing to describe yet: run `make run` first.")
    with held(warehouse.settings.warehouse_dir):
        print(f"Open {warehouse.dbt.write_docs()} in a browser.")


def tune_health(warehouse: Warehouse, *, write: bool) -> None:
    """Print what history suggests for seeds/health_measures.csv; change the file only if asked to.

    Raises:
        WarehouseError: nothing was built yet.
    """
    if not warehouse.settings.build_path.exists():
        raise WarehouseError("There is no history to learn from yet: run `make run` first.")
    path = PROJECT_DIR / "seeds" / "health_measures.csv"
    with held(warehouse.settings.warehouse_dir):
        history, config = read_observed(warehouse.engine)
    with on_one_thread():
        proposal = propose(history, config)
    if proposal is None:
        print(
            "Too few accounts have left within 90 days of a past month-end to learn from; nothing to propose."
        )
        return
    seed = path.read_text(encoding="utf-8")
    proposed = proposed_seed(seed, proposal.measures)
    print(
        f"Fitted on earlier dates alone, such weights foretell churn within 90 days on later dates with "
        f"an AUC of {proposal.proposed:.3f}; the present ones with {proposal.present:.3f}."
    )
    if not proposal.are_scales_changed:
        print("Floors and ceilings stay: other ones did not foretell better on later dates.")
    if proposal.proposed <= proposal.present:
        print("That is no gain: keep the present ones.")
    print("\n" + (difference(seed, proposed) or "No change."))
    if write:
        path.write_text(proposed, encoding="utf-8")
        print(f"Written to {path}. Read the change, then run again; new rules begin a new history.")
    else:
        print("Nothing was changed. To take it, save it and use `git apply`, or run again with --write.")


def clean(settings: Settings) -> None:
    """Remove what runs wrote into the warehouse, and the folder if nothing else is in it.

    Raises:
        WarehouseError: a run is using it.
    """
    warehouse_dir = settings.warehouse_dir
    if not warehouse_dir.exists():
        return
    with held(warehouse_dir):
        (warehouse_dir / "published").unlink(missing_ok=True)
        for folder in ("build", "releases", "target", "logs"):
            shutil.rmtree(warehouse_dir / folder, ignore_errors=True)
        (warehouse_dir / "run.lock").unlink()
    if not any(warehouse_dir.iterdir()):
        warehouse_dir.rmdir()


def _for_people(error: Exception, log_path: Path) -> Exception:
    """The error as a person should read it: its own sentence, or else what happened and where to look."""
    if isinstance(error, dg.DagsterUserCodeExecutionError) and isinstance(error.user_exception, Exception):
        error = error.user_exception
    if isinstance(error, SENTENCES):
        return error
    if isinstance(error, dg.Failure):
        return RunError(error.description)
    with log_path.open("a", encoding="utf-8") as log:
        traceback.print_exception(error, file=log)
    return RunError(f"The run stopped unexpectedly ({type(error).__name__}: {error}). Its log is {log_path}.")


@contextmanager
def _history() -> Generator[dg.DagsterInstance]:
    """Where Dagster remembers runs: $DAGSTER_HOME, or where `dagster dev` in the project looks."""
    try:
        history = dg.DagsterInstance.get()
    except dg.DagsterError:
        history = dg.DagsterInstance.from_config(str(PROJECT_DIR))
    # Thousands of small writes: the runs that a power cut could lose are not worth waiting for the disk.
    event.listen(Engine, "connect", _write_without_waiting)
    try:
        with history:
            yield history
    finally:
        event.remove(Engine, "connect", _write_without_waiting)


def _write_without_waiting(connection: Any, _: object) -> None:
    connection.execute("pragma synchronous = off")


@contextmanager
def _output_to(log_path: Path) -> Generator[None]:
    """Send all that is printed to the log, and only what the project itself says to the terminal."""
    progress = logging.getLogger("orchestration")
    terminal = logging.StreamHandler(sys.stdout)
    progress.setLevel(logging.INFO)
    progress.propagate = False
    progress.addHandler(terminal)
    try:
        # Two handles, because Dagster captures the one and the other by their descriptors.
        with (
            log_path.open("a", encoding="utf-8") as output,
            log_path.open("a", encoding="utf-8") as errors,
            redirect_stdout(output),
            redirect_stderr(errors),
        ):
            yield
    finally:
        progress.removeHandler(terminal)
        progress.propagate = True


def _remove_old_logs(folder: Path) -> None:
    logs = sorted(folder.glob("*-*.log"), key=lambda path: path.stat().st_mtime)
    for path in logs[: -(LOGS_KEPT - 1)]:
        path.unlink()
