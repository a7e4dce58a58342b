"""A process measured from the outside: wall, CPU, memory, and bytes written, sampled while it runs."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import ProjectError
from orchestration.settings import PROJECT_DIR

SECONDS_BETWEEN_SAMPLES = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class BenchmarkError(ProjectError):
    """A measurement that cannot be made, or whose two sides do not agree; the message says why."""


@dataclass(frozen=True)
class Sample:
    """The process at one moment.

    `at` in seconds since 1970; `cpu` in seconds, user and system, of the process and of its ended children,
    since it started; `memory` in bytes now; `written`: bytes handed to the system for writing so far.
    """

    at: float
    cpu: float
    memory: int
    written: int


@dataclass(frozen=True)
class Measured:
    """An ended process.

    `wall` and `cpu` in seconds, `peak` and `written` in bytes. `lines` are those that it printed, each with
    the time at which it was read.
    """

    wall: float
    cpu: float
    peak: int
    written: int
    samples: Sequence[Sample]
    lines: Sequence[tuple[float, str]]


def measured(
    command: Sequence[str],
    environment: Mapping[str, str],
    at_each_sample: Callable[[], object] = lambda: None,
) -> Measured:
    """Run a command in the project's folder, and sample it every 50 ms.

    Raises:
        BenchmarkError: the system has no /proc, or the command failed; the message ends with what it printed.
    """
    if not Path("/proc/self/io").exists():
        raise BenchmarkError("Runs are measured through /proc, so this needs Linux.")
    began = time.time()
    # Its end is awaited by wait4, which tells what the process used; Popen would throw that away.
    process = subprocess.Popen(
        command,
        cwd=PROJECT_DIR,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: list[tuple[float, str]] = []
    reader = threading.Thread(target=_read_lines, args=(process, lines))
    reader.start()
    samples = [Sample(began, 0.0, 0, 0)]
    ended = 0
    try:
        while not ended:
            sample = _sample(process.pid)
            if sample:
                samples.append(sample)
            at_each_sample()
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if not ended:
                time.sleep(SECONDS_BETWEEN_SAMPLES)
    except BaseException:
        process.kill()
        raise
    process.returncode = os.waitstatus_to_exitcode(status)
    finished = time.time()
    reader.join()
    if process.returncode:
        printed = "\n".join(text for _, text in lines[-20:])
        raise BenchmarkError(f"{' '.join(command)} ended with {process.returncode}:\n{printed}")
    cpu = usage.ru_utime + usage.ru_stime
    written = samples[-1].written
    samples.append(Sample(finished, cpu, 0, written))
    return Measured(finished - began, cpu, usage.ru_maxrss * 1024, written, samples, lines)


def _read_lines(process: subprocess.Popen[str], lines: list[tuple[float, str]]) -> None:
    assert process.stdout is not None, "the output is a pipe"
    for line in process.stdout:
        lines.append((time.time(), line.rstrip("\n")))


def _sample(process_id: int) -> Sample | None:
    """The process now; None where it has ended."""
    folder = Path("/proc") / str(process_id)
    try:
        # The name of the program, in parentheses, may hold spaces; user and system time are fields 14 to 17.
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        resident = int((folder / "statm").read_text().split()[1])
        counts = dict(line.split(": ") for line in (folder / "io").read_text().splitlines())
    except (OSError, IndexError):
        return None
    cpu = sum(int(field) for field in fields[11:15]) / _TICKS
    return Sample(time.time(), cpu, resident * _PAGE, int(counts["wchar"]))
