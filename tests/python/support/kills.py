"""Kills a process at a chosen change of the file system, so that every moment of a run can be tried.

Python tells an audit hook of each file that it opens for writing, renames, links or removes. The process ends
before the chosen one. What DuckDB writes itself is not told.

    python -m tests.python.support.kills STEP WAREHOUSE COMMAND ...

runs a command of the project so; STEP is a number, `after-switch`, or 0, which writes all steps to
WAREHOUSE.steps.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

AFTER_SWITCH = "after-switch"
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = {
    "os.rename",
    "os.link",
    "os.symlink",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "shutil.rmtree",
    "shutil.copytree",
}


def watch(folder: Path, at_step: Callable[[int, str], object]) -> None:
    """Call `at_step` with a number and a description before each change in `folder`, for good."""
    inside = f"{folder}{os.sep}"
    steps = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        if event == "open":
            if not isinstance(arguments[2], int) or not arguments[2] & _WRITES:
                return
            arguments = arguments[:1]
        elif event not in _CHANGES and event != "sqlite3.connect":
            return
        # A rename names two paths; the last is what appears.
        paths = [os.fsdecode(path) for path in arguments if isinstance(path, str | bytes | os.PathLike)]
        if any(path.startswith(inside) for path in paths):
            steps += 1
            at_step(steps, f"{event} {paths[-1].removeprefix(inside)}")

    sys.addaudithook(hook)


def kill_at(folder: Path, step: int | str) -> None:
    """Have this process killed just before a step, or before the first one after `published` was switched."""
    is_switched = False

    def end(number: int, what: str) -> None:
        nonlocal is_switched
        if number == step or is_switched:
            killed_before(folder).write_text(what, encoding="utf-8")
            os.kill(os.getpid(), signal.SIGKILL)
        is_switched = step == AFTER_SWITCH and what == "os.rename published"

    watch(folder, end)


def killed_before(folder: Path) -> Path:
    """The file beside the folder that says what a killed process was about to do."""
    return Path(f"{folder}.killed")


def in_child(work: Callable[[], int]) -> int:
    """Do the work in a forked process; its exit status, or minus the signal that ended it."""
    child = os.fork()
    if not child:
        try:
            status = work()
        except BaseException:
            traceback.print_exc()
            status = 255
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run(step: str, warehouse_dir: Path, command: list[str]) -> None:
    from orchestration.cli import app  # noqa: PLC0415 (the hook is set before anything is imported)

    if step == "0":
        # Threads of a run change files at once, and only a whole write is one line whatever else is written.
        with Path(f"{warehouse_dir}.steps").open("wb", buffering=0) as file:
            watch(warehouse_dir, lambda number, what: file.write(f"{number} {what}\n".encode()))
            app(command)
    else:
        kill_at(warehouse_dir, step if step == AFTER_SWITCH else int(step))
        app(command)


if __name__ == "__main__":
    _run(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
