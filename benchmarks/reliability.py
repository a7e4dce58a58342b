"""Tries what goes wrong in operation, and counts what was lost.

`make reliability`, or `python -m benchmarks.reliability`, loads mutated raw folders, kills runs of the worked
example while others read what they publish, lets the disk run full, starts two runs at once, and writes
docs/reliability.md. It stops at the first row or release that is lost. Needs the development packages.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings

from orchestration.dbt.runner import Dbt
from orchestration.settings import PROJECT_DIR
from tests.python.support.commands import command_environment
from tests.python.support.kills import AFTER_SWITCH, killed_before
from tests.python.support.mutated_folders import MutatedFolder, mutated_folders
from tests.python.support.mutation_checks import Loader
from tests.python.support.readers import Readings, read_release, reading
from tests.python.support.release_comparison import compare_releases, keys_of
from tests.python.support.reported_runs import (
    CLOSE_DAYS,
    History,
    check_history,
    histories,
    reporting_queries,
)

STATUSES = ("accepted", "repeated", "superseded", "quarantined")
REPORT = PROJECT_DIR / "docs" / "reliability.md"
FOUND = Path(__file__).parent / "faults_found.md"
COUNTED = PROJECT_DIR / "target" / "reliability.json"
# Every so many mutated folders the load report and its companions are built too.
REPORTED = 20
# A database in memory keeps the room of tables that were replaced.
FOLDERS_PER_DATABASE = 500


@dataclass
class Counts:
    """What was tried, and what came of it."""

    folders: int = 0
    refused: int = 0
    mutations: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    values_set_null: int = 0
    publishing_kills: int = 0
    run_kills: list[str] = field(default_factory=list)
    full_disks: list[str] = field(default_factory=list)
    histories: int = 0
    restated: int = 0
    pairs: int = 0
    reads: int = 0
    marts: int = 0
    cells: int = 0

    @classmethod
    def read(cls, path: Path = COUNTED) -> Counts:
        """What was counted the last time, where there was one."""
        if not path.exists():
            return cls()
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for name in ("mutations", "rows"):
            kept[name] = Counter(kept[name])
        return cls(**kept)

    def write(self, path: Path = COUNTED) -> None:
        """Keep what was counted, so that parts can be tried one at a time."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(vars(self)), encoding="utf-8")


class LostError(Exception):
    """Something was lost, or said in a way that nobody can use."""


def main() -> None:
    """Try everything, then write the report; where a part is not tried, its last figures stay."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    parser.add_argument("--inputs", type=int, default=5_000, help="mutated raw folders")
    parser.add_argument("--minutes", type=float, default=120, help="how long they are loaded at most")
    parser.add_argument("--kills", type=int, default=20, help="runs of the worked example that are killed")
    parser.add_argument("--full-disks", type=int, default=4, help="runs for which the disk is too small")
    parser.add_argument("--pairs", type=int, default=2, help="times that two runs start at once")
    parser.add_argument("--readers", type=int, default=2, help="processes that read all the while")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--histories", type=int, default=1_000, help="random histories of published figures")
    chosen = parser.parse_args()
    counts = Counts.read()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.inputs:
            load_mutated(counts, folder / "inputs", chosen.inputs, chosen.seed, chosen.minutes)
            counts.write()
        if chosen.histories:
            restate(counts, chosen.histories, chosen.seed)
            counts.write()
        if chosen.kills or chosen.full_disks or chosen.pairs:
            kill_publishing(counts, folder / "publishing")
            Runs(folder, counts, random.Random(chosen.seed)).try_all(
                chosen.kills, chosen.full_disks, chosen.pairs, chosen.readers
            )
            counts.write()
    REPORT.write_text(report(counts, chosen.seed), encoding="utf-8")
    print(f"Written to {REPORT}.")


def load_mutated(counts: Counts, folder: Path, folders: int, first_seed: int, minutes: float) -> None:
    """Load mutated raw folders until the minutes are over; hypothesis shrinks the first that fails."""
    ends_at = time.monotonic() + 60 * minutes
    counts.folders = counts.refused = counts.values_set_null = 0
    counts.mutations, counts.rows = Counter(), Counter()
    for block, done in enumerate(range(0, folders, FOLDERS_PER_DATABASE)):
        if time.monotonic() < ends_at:
            loader = Loader(folder)
            block_folders = min(FOLDERS_PER_DATABASE, folders - done)
            load_block(counts, loader, block_folders, first_seed * 1_000 + block, ends_at)
            loader.warehouse.connection.close()
            print(f"{counts.folders} mutated folders", flush=True)


def restate(counts: Counts, histories_tried: int, first_seed: int) -> None:
    """Publish random histories of figures, by the models and one by one."""
    queries = reporting_queries()
    counts.histories = counts.restated = 0

    @seed(first_seed)
    @settings(
        deadline=None, database=None, max_examples=histories_tried, suppress_health_check=list(HealthCheck)
    )
    @given(history=histories(), close_day=CLOSE_DAYS)
    def try_one(history: History, close_day: int) -> None:
        counts.restated += check_history(queries, history, close_day)
        counts.histories += 1

    try_one()


def load_block(counts: Counts, loader: Loader, folders: int, block_seed: int, ends_at: float) -> None:
    """Load as many mutated folders into one database."""
    number = count(1)

    @seed(block_seed)
    @settings(max_examples=folders, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(mutated_folders())
    def load(mutated: MutatedFolder) -> None:
        if time.monotonic() >= ends_at:
            return
        outcome = loader.load(mutated, with_reports=next(number) % REPORTED == 0)
        counts.folders += 1
        counts.refused += bool(outcome.refused)
        counts.mutations.update(mutated.mutations)
        counts.rows.update(outcome.rows or {})
        counts.values_set_null += outcome.values_set_null

    load()


def kill_publishing(counts: Counts, warehouse_dir: Path) -> None:
    """Kill the publishing of a small release before each change of the file system."""
    counts.publishing_kills = 0
    command = [sys.executable, "-m", "tests.python.support.publishing_kills", str(warehouse_dir)]
    ended = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=True)
    for line in ended.stdout.splitlines():
        if '"is_repaired": true' not in line or '"is_old": false, "is_new": false' in line:
            raise LostError(line)
        counts.publishing_kills += 1
    print(f"{counts.publishing_kills} kills while publishing", flush=True)


class Runs:
    """Runs of the worked example in one warehouse: whatever happened, a run publishes the same marts."""

    def __init__(self, folder: Path, counts: Counts, drawn: random.Random) -> None:
        self.folder, self.counts, self.drawn = folder, counts, drawn
        self.warehouse_dir = folder / "warehouse"
        self.environ = {**os.environ, **command_environment(self.warehouse_dir, folder)}
        # Without a DAGSTER_HOME the warehouse's own history is used, as users do.
        self.environ.pop("DAGSTER_HOME")

    def try_all(self, kills: int, full_disks: int, pairs: int, readers: int) -> None:
        """Publish, kill, fill and double runs while others read, and compare what a last run publishes."""
        counts = self.counts
        # Parts that are not tried keep their last figures.
        counts.run_kills = [] if kills else counts.run_kills
        counts.full_disks = [] if full_disks else counts.full_disks
        counts.pairs, counts.reads = 0 if pairs else counts.pairs, 0 if kills else counts.reads
        first = self.run("run", step="0")
        self.expect(first, 0)
        steps = Path(f"{self.warehouse_dir}.steps").read_text(encoding="utf-8").splitlines()
        shutil.copytree(self.warehouse_dir / "published" / "marts", self.folder / "first" / "marts")
        with reading(self.warehouse_dir, readers) as seen:
            self.kill(kills, len(steps))
            self.fill(full_disks)
            self.double(pairs)
            self.expect(self.run("run --full"), 0)
        self.count(seen)
        keys = keys_of(Dbt(PROJECT_DIR, self.warehouse_dir).manifest())
        compared = compare_releases(self.folder / "first", self.warehouse_dir / "published", keys)
        if compared.differences:
            raise LostError("\n".join(compared.lines))
        self.counts.marts, self.counts.cells = compared.marts, compared.cells

    def kill(self, kills: int, steps: int) -> None:
        """Kill runs at steps that are spread over a whole one, and just after the switch."""
        width = steps / max(1, kills - 1)
        chosen: list[int | str] = [
            int(width * number + self.drawn.random() * width) + 1 for number in range(kills - 1)
        ]
        for step in [*chosen, AFTER_SWITCH][-kills:] if kills else []:
            before = read_release(self.warehouse_dir)
            killed_before(self.warehouse_dir).unlink(missing_ok=True)
            ended = self.run("run --full", step=str(step))
            after = read_release(self.warehouse_dir)
            if ended.returncode == 0:
                # The run had fewer steps than the first.
                continue
            self.expect(ended, -signal.SIGKILL)
            if (after != before) != (step == AFTER_SWITCH):
                raise LostError(f"killed at {step}: readers saw {before} before and see {after}")
            what = killed_before(self.warehouse_dir).read_text(encoding="utf-8")
            self.counts.run_kills.append(what)
            print(f"killed before {what}", flush=True)

    def fill(self, full_disks: int) -> None:
        """Let no file of a run grow beyond a limit, as where the disk is full."""
        largest = (self.warehouse_dir / "build" / "cs_kpi.duckdb").stat().st_size
        for number in range(full_disks):
            # A build that is made anew may be half as large.
            limit = int(largest * (number + 0.5) / max(full_disks, 1) / 4) + 4_096
            before = read_release(self.warehouse_dir)
            ended = self.run("run --full", largest_file=limit)
            self.expect(ended, 1)
            if "The disk is full" not in ended.stderr:
                raise LostError(f"A run whose files may have {limit} bytes does not say so: {ended.stderr}")
            if read_release(self.warehouse_dir) != before:
                raise LostError(f"A run whose files may have {limit} bytes was published.")
            self.counts.full_disks.append(ended.stderr.strip().splitlines()[0])
            print(f"files of at most {limit} bytes: {ended.stderr.strip()}", flush=True)

    def double(self, pairs: int) -> None:
        """Start two runs at once: one publishes, the other says why it does not."""
        for _ in range(pairs):
            both = [self.start("run --full") for _ in range(2)]
            for process in both:
                process.wait()
            ended = sorted(
                (subprocess.CompletedProcess("run", p.returncode, *p.communicate()) for p in both),
                key=lambda one: one.returncode,
            )
            self.expect(ended[0], 0)
            self.expect(ended[1], 1)
            if "Another run" not in ended[1].stderr:
                raise LostError(f"Two runs at once: {ended[1].stderr}")
            self.counts.pairs += 1
            print("two runs at once: one published", flush=True)

    def count(self, seen: Readings) -> None:
        """Every read saw a whole release."""
        if seen.problems:
            raise LostError("\n".join(seen.problems[:10]))
        self.counts.reads += seen.whole

    def run(self, command: str, step: str = "", largest_file: int = 0) -> subprocess.CompletedProcess[str]:
        process = self.start(command, step, largest_file)
        output, errors = process.communicate()
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    def start(self, command: str, step: str = "", largest_file: int = 0) -> subprocess.Popen[str]:
        module = ["tests.python.support.kills", step, str(self.warehouse_dir)] if step else ["orchestration"]
        process = subprocess.Popen(
            [sys.executable, "-m", *module, *command.split()],
            cwd=PROJECT_DIR,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if largest_file:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (largest_file, largest_file))
        return process

    def expect(self, ended: subprocess.CompletedProcess[str], status: int) -> None:
        """The run ended so, and where it stopped, by a sentence."""
        if ended.returncode != status or "Traceback" in ended.stderr:
            raise LostError(f"status {ended.returncode}, not {status}:\n{ended.stdout}{ended.stderr}")


def report(counts: Counts, first_seed: int) -> str:
    """The report as Markdown."""
    rows = counts.rows
    by_status = ", ".join(f"{rows[name]:,} {name}" for name in STATUSES)
    table = [
        (
            "mutated raw folders",
            counts.folders,
            f"{counts.refused:,} refused with a sentence, the others loaded",
        ),
        (
            "rows of the mutated tables that were loaded",
            rows.total(),
            f"{by_status}; {counts.values_set_null:,} broken values became NULL and are listed",
        ),
        (
            "kills while a small release is published",
            counts.publishing_kills,
            "one before each change of the file system; a whole release is there, and the next one follows",
        ),
        (
            "kills of whole runs",
            len(counts.run_kills),
            "spread over a run, and one just after the switch; readers saw the last whole release",
        ),
        (
            "runs with a full disk",
            len(counts.full_disks),
            "each stopped with a sentence and published nothing",
        ),
        (
            "random histories of published figures",
            counts.histories,
            f"{counts.restated:,} figures restated; first and latest values as in a count one by one",
        ),
        ("two runs at once", counts.pairs, "one published, the other said that it did not"),
        (
            "releases read meanwhile",
            counts.reads,
            "every mart, as a table and as Parquet; none was half there",
        ),
        (
            "marts of the last run",
            counts.marts,
            f"the same as before the first kill, in {counts.cells:,} cells",
        ),
    ]
    cells = [(what, f"{number:,}", outcome) for what, number, outcome in table]
    kinds = ", ".join(f"{name} {number:,}" for name, number in sorted(counts.mutations.items()))
    killed = ", ".join(
        f"`{name}` {number}" for name, number in Counter(map(_stage, counts.run_kills)).most_common()
    )
    lines = [
        "# Reliability",
        "",
        f"Written by `make reliability`, seed {first_seed}. It stops at the first row, value or release",
        "that is lost, so all that is counted here was kept. `make test` runs a small part of it.",
        "",
        "| what was tried | how often | what came of it |",
        "|---|---:|---|",
        *(f"| {' | '.join(row)} |" for row in cells),
        "",
        f"Mutations, up to three in a folder: {kinds}. A folder without any must load.",
        "",
        "A mutated folder stops with a sentence that names the file. Or else every row that Python's own",
        "readers find was landed as it is written and is accepted, repeated, superseded or quarantined; and",
        "every value of a row that is not quarantined is right, was absent, or was broken, NULL and counted.",
        "",
        f"The kills of whole runs came before changes of {killed or 'nothing'}.",
        "",
        FOUND.read_text(encoding="utf-8").strip(),
        "",
    ]
    return "\n".join(lines)


def _stage(step: str) -> str:
    """The folder of the warehouse that a step changes."""
    return step.split(" ", maxsplit=1)[1].split("/", maxsplit=1)[0]


if __name__ == "__main__":
    main()
