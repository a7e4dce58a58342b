"""Runs a company through its nights and keeps what each run cost."""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.run_costs.companies import Company, add_files
from benchmarks.run_costs.processes import measured
from benchmarks.run_costs.side_by_side import (
    BUILD_FILE,
    WORK,
    Work,
    prepare,
    refuse_other_marts,
    statements_of,
)
from benchmarks.run_costs.stages import Cost, DbtPasses, stage_costs
from orchestration.release.releases import DATABASE_FILE
from orchestration.settings import PROJECT_DIR
from tests.python.support.commands import command_environment, new_history

MEASURED_FILE = "measured.json"
FIRST, AGAIN, DAY, LATE, FULL = "first run", "same again", "one more day", "one late row", "full"
STEPS = (FIRST, AGAIN, DAY, LATE, FULL)


@dataclass(frozen=True)
class Step:
    """One run and its stages; `build` and `release`: bytes of the build database and the release after it."""

    cost: Cost
    build: int
    release: int
    stages: dict[str, Cost]


@dataclass(frozen=True)
class Round:
    """One warehouse from its first run on: each run, and the same work in plain DuckDB by name."""

    steps: dict[str, Step] = field(default_factory=dict)
    works: dict[str, Work] = field(default_factory=dict)


@dataclass
class Measurement:
    """All rounds of one company, and on what they ran; `as_of` is that of the last run."""

    company: str
    rows: int
    as_of: str
    about: dict[str, str]
    rounds: list[Round] = field(default_factory=list)

    def step(self, name: str) -> Step | None:
        """The run of that name, each figure the median of the rounds; None where it was not made."""
        found = [each.steps[name] for each in self.rounds if name in each.steps]
        if not found:
            return None
        stages = {stage: None for step in found for stage in step.stages}
        return Step(
            _median_cost(step.cost for step in found),
            round(statistics.median(step.build for step in found)),
            round(statistics.median(step.release for step in found)),
            {stage: _median_cost(step.stages.get(stage, Cost()) for step in found) for stage in stages},
        )

    def work(self, name: str) -> Work | None:
        """The work of that name in plain DuckDB, each figure the median of the rounds."""
        found = [each.works[name] for each in self.rounds if name in each.works]
        if not found:
            return None
        return Work(
            wall=statistics.median(work.wall for work in found),
            cpu=statistics.median(work.cpu for work in found),
            peak=round(statistics.median(work.peak for work in found)),
            written=round(statistics.median(work.written for work in found)),
        )


_MEASUREMENT = TypeAdapter(Measurement)


def save(measurement: Measurement, path: Path) -> None:
    """Keep a measurement for reports to come."""
    path.write_bytes(_MEASUREMENT.dump_json(measurement, indent=1))


def load(path: Path) -> Measurement:
    """What `save` kept."""
    return _MEASUREMENT.validate_json(path.read_bytes())


def measure(company: Company, folder: Path, rounds: int, say: Callable[[str], object]) -> None:
    """Measure a company in `folder` and keep it there after each step; earlier warehouses there are replaced.

    Raises:
        BenchmarkError: a run failed, or plain DuckDB gives other figures.
    """
    found = Measurement(company.name, company.rows, str(company.last_day), about())
    for number in range(rounds):
        work_dir = folder / "work"
        shutil.rmtree(work_dir, ignore_errors=True)
        work_dir.mkdir(parents=True)

        found.rounds.append(Round())
        for done in _round(company, work_dir, found.rounds[-1]):
            save(found, folder / MEASURED_FILE)
            say(f"{company.name}, round {number + 1} of {rounds}: {done}")
        shutil.rmtree(work_dir)


def about() -> dict[str, str]:
    """Machine and versions; nothing that tells whose machine it is."""
    return {
        "project": f"{version('customer-success-warehouse')}, {_commit()}",
        "Python": platform.python_version(),
        "DuckDB": version("duckdb"),
        "dbt": f"{version('dbt-core')}, dbt-duckdb {version('dbt-duckdb')}",
        "Dagster": version("dagster"),
        "system": platform.system(),
        "CPU": _line("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{int(_line('/proc/meminfo', 'MemTotal').split()[0]) / 1024**2:.0f} GB",
    }


def _round(company: Company, work_dir: Path, found: Round) -> Iterator[str]:
    """Add to `found` what each step cost, and say it."""
    raw_dir = company.begin(work_dir)
    warehouse_dir = work_dir / "warehouse"
    history_dir = work_dir / "history"
    history_dir.mkdir()
    settings = {"CSKPI_RAW_DIR": str(raw_dir)}
    if not company.deliveries:
        settings["CSKPI_AS_OF_DATE"] = str(company.last_day)
    environment = command_environment(warehouse_dir, new_history(history_dir), settings)
    passes = DbtPasses(warehouse_dir / "target")
    for name in STEPS:
        if name in (DAY, LATE):
            if name not in company.deliveries:
                continue
            add_files(company.deliveries[name], raw_dir)
        found.steps[name], passes = _run(warehouse_dir, environment, is_full=name == FULL)
        cost = found.steps[name].cost
        yield f"{name}: {cost.cpu:.1f} s of CPU in {cost.wall:.1f} s, {cost.peak / 1024**3:.1f} GB"
    # Parquet is what the floor scans; the example is of text.
    if company.deliveries:
        for works in _plain_works(passes, warehouse_dir, raw_dir, work_dir / "plain"):
            found.works.update(works)
            told = "; ".join(f"{part}: {work.cpu:.2f} s of CPU" for part, work in works.items())
            yield f"in plain DuckDB {told}"


def _run(warehouse_dir: Path, environment: Mapping[str, str], *, is_full: bool) -> tuple[Step, DbtPasses]:
    passes = DbtPasses(warehouse_dir / "target")
    command = [sys.executable, "-m", "orchestration", "run", *(["--full"] if is_full else [])]
    run = measured(command, environment, passes.look)
    passes.look()
    step = Step(
        Cost(run.wall, run.cpu, run.peak, run.written),
        _bytes_in([warehouse_dir / "build" / DATABASE_FILE]),
        _bytes_in((warehouse_dir / "published").resolve().rglob("*")),
        stage_costs(run, passes),
    )
    return step, passes


def _plain_works(
    passes: DbtPasses, warehouse_dir: Path, raw_dir: Path, folder: Path
) -> Iterator[dict[str, Work]]:
    """The full run's models, the chain of MRR and the floor, each in a process of its own."""
    compiled = {
        each["unique_id"]: each["compiled_code"]
        for result in passes.results.values()
        for each in result["results"]
        if each["unique_id"].startswith("model.") and each["compiled_code"]
    }
    prepare(warehouse_dir / "build" / DATABASE_FILE, statements_of(passes.manifest(), compiled), folder)
    inputs = [
        [str(file) for file in sorted(entry.rglob("*.parquet"))] if entry.is_dir() else [str(entry)]
        for entry in sorted(raw_dir.iterdir())
    ]
    floor = {"inputs": inputs, "release": str(warehouse_dir / "published" / DATABASE_FILE)}
    (folder / "floor.json").write_text(json.dumps(floor), encoding="utf-8")
    for name in WORK:
        command = [sys.executable, "-m", "benchmarks.run_costs.side_by_side", str(folder), name]
        printed = measured(command, {}).lines[-1][1]
        yield {part: Work(**cost) for part, cost in json.loads(printed).items()}
    refuse_other_marts(folder / BUILD_FILE, warehouse_dir / "published" / DATABASE_FILE)


def _median_cost(costs: Iterable[Cost]) -> Cost:
    each = list(costs)
    return Cost(
        wall=statistics.median(cost.wall for cost in each),
        cpu=statistics.median(cost.cpu for cost in each),
        peak=round(statistics.median(cost.peak for cost in each)),
        written=round(statistics.median(cost.written for cost in each)),
    )


def _bytes_in(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


def _commit() -> str:
    if not shutil.which("git"):
        return "commit unknown"

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=PROJECT_DIR, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return f"commit {git('rev-parse', '--short', 'HEAD') or 'unknown'}{changed}"


def _line(path: str, name: str) -> str:
    lines: Sequence[str] = Path(path).read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
