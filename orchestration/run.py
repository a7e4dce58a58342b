"""Runs the job `refresh` in this process and says how far it is and how it ended."""

from __future__ import annotations

import gc
import traceback
import uuid
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import dagster as dg

from orchestration.definitions import warehouse_definitions
from orchestration.errors import ProjectError, RunError
from orchestration.jobs import REFRESH_JOB
from orchestration.lock import held
from orchestration.privacy.redaction import without_values
from orchestration.release.releases import published_release
from orchestration.release.summary import run_summary
from orchestration.resources import Warehouse
from orchestration.run_history import history_dir
from orchestration.settings import PROJECT_DIR
from orchestration.system_errors import disk_full, is_disk_full, system_error
from orchestration.terminal import console_on, progress_on

LOGS_KEPT = 20


def refresh(warehouse: Warehouse, run_id: str | None = None) -> None:
    """Load, build, test, score and publish, then print a summary.

    Raises:
        ProjectError: what went wrong, as a sentence; a RunError where nobody foresaw it.
        KeyboardInterrupt: the person who started the run stopped it.
    """
    settings, run_id = warehouse.settings, run_id or str(uuid.uuid4())
    console = console_on()
    log_path = settings.warehouse_dir / "logs" / f"{settings.today}-{run_id[:8]}.log"
    with held(settings.warehouse_dir):
        log_path.parent.mkdir(exist_ok=True)
        remove_old_logs(log_path.parent)
        try:
            with _to_stay():
                warehouse.dbt.parse()
        except ProjectError as error:
            raise sentence_of(error, log_path) from error
    try:
        with progress_on(console), _output_in(log_path), _history(settings.warehouse_dir) as history:
            with _to_stay():
                job = warehouse_definitions(warehouse).resolve_job_def(REFRESH_JOB)
            job.execute_in_process(instance=history, run_id=run_id)
    except dg.DagsterExecutionInterruptedError:
        raise KeyboardInterrupt from None
    except Exception as error:
        raise sentence_of(error, log_path) from error
    release = published_release(settings.warehouse_dir)
    if release is None or release.run_id != run_id:
        raise RunError(f"The run ended without a release; its log is {log_path}.")
    console.print()
    console.print(run_summary(release, settings.warehouse_dir, PROJECT_DIR))


def sentence_of(error: Exception, log_path: Path) -> ProjectError:
    """The error as a person should read it: its own sentence, or else what happened and where to look."""
    if isinstance(error, dg.DagsterUserCodeExecutionError) and isinstance(error.user_exception, Exception):
        error = error.user_exception
    warehouse_dir = log_path.parent.parent
    if isinstance(error, OSError):
        return system_error(error, warehouse_dir)
    said = error.description or "" if isinstance(error, dg.Failure) else str(error)
    if is_disk_full(said):
        return RunError(f"{disk_full(warehouse_dir, warehouse_dir)}\n{said}")
    if isinstance(error, ProjectError):
        return error
    if isinstance(error, dg.Failure):
        return RunError(error.description)
    with log_path.open("a", encoding="utf-8") as log:
        log.write(without_values("".join(traceback.format_exception(error))))
    said = without_values(f"{type(error).__name__}: {error}")
    return RunError(f"The run stopped unexpectedly ({said}). Its log is {log_path}.")


def remove_old_logs(folder: Path) -> None:
    """Make room for one more log of a run; dbt and Spark keep theirs small themselves."""
    logs = sorted(folder.glob("*-*.log"), key=lambda path: path.stat().st_mtime)
    for path in logs[: -(LOGS_KEPT - 1)]:
        path.unlink()


@contextmanager
def _to_stay() -> Generator[None]:
    """A block that makes objects which stay to the end, so that Python need not look for garbage among them.

    dbt's project and Dagster's assets are millions of objects, and each search would visit all of them.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _history(warehouse_dir: Path) -> Generator[dg.DagsterInstance]:
    """Where Dagster remembers runs: $DAGSTER_HOME, or the warehouse's own folder, which `make dev` shows."""
    try:
        history = dg.DagsterInstance.get()
    except dg.DagsterError:
        history = dg.DagsterInstance.from_config(str(history_dir(warehouse_dir)))
    with history:
        yield history


@contextmanager
def _output_in(log_path: Path) -> Generator[None]:
    """Send what Dagster, dbt and libraries print to the log instead of the terminal."""
    # Two handles, because Dagster captures the one and the other by their descriptors.
    with (
        log_path.open("a", encoding="utf-8") as output,
        log_path.open("a", encoding="utf-8") as errors,
        redirect_stdout(output),
        redirect_stderr(errors),
    ):
        yield
