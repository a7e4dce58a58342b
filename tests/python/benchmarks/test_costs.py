"""What a process used is measured, shared among the stages of a run, and reported."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.run_costs.__main__ import LEDGER, MEASURED_FILE, write_report
from benchmarks.run_costs.measurement import AGAIN, DAY, FULL, Measurement, Round, Step, about, load, save
from benchmarks.run_costs.processes import BenchmarkError, Measured, Sample, measured
from benchmarks.run_costs.report import growth_exponent, report
from benchmarks.run_costs.side_by_side import Work
from benchmarks.run_costs.stages import (
    AROUND_NODES,
    AROUND_STEPS,
    LOAD,
    PUBLISH,
    START,
    Cost,
    DbtPasses,
    Span,
    attributed,
    stage_costs,
)
from orchestration.settings import PROJECT_DIR

MB, GB = 1024**2, 1024**3


def test_a_process_is_measured_to_its_end() -> None:
    code = "print('begins', flush=True); n = sum(range(10_000_000)); b = bytearray(50_000_000); print(n)"
    run = measured([sys.executable, "-c", code], {})
    assert [text for _, text in run.lines] == ["begins", "49999995000000"]
    assert 0 < run.cpu < 30
    assert run.peak > 50_000_000
    assert run.samples[-1].cpu == run.cpu
    assert run.wall == pytest.approx(run.samples[-1].at - run.samples[0].at)


def test_a_failed_process_stops_the_measurement_with_what_it_said() -> None:
    with pytest.raises(BenchmarkError, match="ended with 3:\nno raw folder"):
        measured([sys.executable, "-c", "print('no raw folder'); raise SystemExit(3)"], {})


def test_stages_share_what_the_process_used_and_add_up_to_it() -> None:
    samples = [
        Sample(0, 0, 0, 0),
        Sample(1, 1, 100, 10),
        Sample(2, 3, 400, 10),
        Sample(4, 7, 200, 50),
    ]
    # From 1 to 2 a model and a test side by side; from 2 to 4 the model for half of the time.
    spans = [Span(1, 3, "staging"), Span(1, 2, "tests")]
    costs = attributed(samples, spans, [(0, START), (1, AROUND_NODES)])
    assert costs[START] == Cost(wall=1, cpu=1, peak=100, written=10)
    assert costs["tests"] == Cost(wall=0.5, cpu=1, peak=400, written=0)
    assert costs["staging"] == Cost(wall=1.5, cpu=3, peak=400, written=20)
    assert costs[AROUND_NODES] == Cost(wall=1, cpu=2, peak=400, written=20)


def test_the_stages_of_a_run_follow_from_dbt_and_from_what_it_says(tmp_path: Path) -> None:
    passes = DbtPasses(tmp_path)
    nodes = {
        "model.p.stg_a": {"resource_type": "model", "fqn": ["p", "staging", "stg_a"]},
        "model.p.fct_a": {"resource_type": "model", "fqn": ["p", "marts", "core", "usage", "fct_a"]},
        "test.p.unique_a": {"resource_type": "test", "fqn": ["p", "staging", "unique_a"]},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    write_results(tmp_path, "first", 2, 6, {"model.p.stg_a": (3, 4), "test.p.unique_a": (4, 5)})
    passes.look()
    write_results(tmp_path, "second", 7, 9, {"model.p.fct_a": (7, 8)})
    passes.look()
    samples = [Sample(at, at, 0, 0) for at in range(13)]
    lines = [(1.0, "loading tables from raw"), (10.0, "publishing as of 2024-06-30"), (11.0, "By month")]
    costs = stage_costs(Measured(12, 12, 0, 0, samples, lines), passes)
    assert {stage: round(cost.cpu, 6) for stage, cost in costs.items()} == {
        START: 1,
        LOAD: 1,
        "staging": 1,
        "marts/core": 1,
        "tests": 1,
        AROUND_NODES: 3,
        AROUND_STEPS: 2,
        PUBLISH: 2,
    }
    assert list(costs)[:3] == [START, LOAD, "staging"]


def test_results_of_an_earlier_run_are_left_out(tmp_path: Path) -> None:
    write_results(tmp_path, "earlier", 0, 1, {})
    passes = DbtPasses(tmp_path)
    passes.look()
    assert passes.results == {}


def test_the_report_sets_what_was_measured_beside_the_goals(tmp_path: Path) -> None:
    for size, factor in (("M", 1.0), ("L", 4.0)):
        save(measurement(size, factor), tmp_path / f"{size}.json")
    kept = [load(tmp_path / f"{size}.json") for size in ("M", "L")]
    assert kept == [measurement("M", 1.0), measurement("L", 4.0)]
    text = report(kept, "| what | brought |\n|---|---|\n| one pass over events | 100 s |\n")
    assert "| M, full | 495, 10.3 GB | 220, 5 GB | 200, 4.0 GB |" in text
    assert "| demo (S), full | 104 | 60 | not measured |" in text
    assert "| full | 200 | 800 | 1.00 |" in text
    assert "| full: tests | 50 | 200 | 1.00 |" in text
    assert (
        "| MRR chain at L against the spine: all, common part | about 25 times at M | 5 times, 1.5 times |"
        in text
    )
    assert "4.0 times, 1.2 times |" in text
    assert text.endswith("| one pass over events | 100 s |\n")


def test_a_report_written_again_keeps_other_sizes_and_the_ledger(tmp_path: Path) -> None:
    for size in ("S", "M"):
        (tmp_path / size).mkdir()
        save(measurement(size, 1.0), tmp_path / size / MEASURED_FILE)
    write_report(tmp_path, tmp_path / "RESULTS.md")
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "## S: 1,000,000 raw rows" in text
    assert "## M: 1,000,000 raw rows" in text
    assert text.endswith(LEDGER.read_text(encoding="utf-8"))


def test_the_report_names_no_machine_and_no_folder() -> None:
    text = report([measurement("S", 1.0)], "")
    assert f"| DuckDB | {about()['DuckDB']} |" in text
    assert str(PROJECT_DIR) not in text
    assert platform.node() not in text


def test_medians_are_taken_of_each_figure() -> None:
    runs = [Cost(1, 9, 5, 7), Cost(2, 8, 6, 7), Cost(3, 1, 1, 7)]
    rounds = [
        Round({FULL: Step(run, 10, 20, {"tests": run} if number else {})}) for number, run in enumerate(runs)
    ]
    full = Measurement("S", 1, "2025-12-31", {}, rounds).step(FULL)
    assert full == Step(Cost(2, 8, 5, 7), 10, 20, {"tests": Cost(2, 1, 1, 7)})


def test_growth_is_an_exponent_of_rows() -> None:
    assert growth_exponent((10, 1.0), (100, 10.0)) == pytest.approx(1)
    assert growth_exponent((10, 1.0), (100, 100.0)) == pytest.approx(2)
    assert growth_exponent((10, 0.0), (100, 1.0)) is None


def measurement(size: str, factor: float) -> Measurement:
    """One round of a company; costs and rows are `factor` times those of M."""
    full = Cost(wall=120 * factor, cpu=200 * factor, peak=4 * GB, written=900 * MB)
    tests = Cost(wall=30 * factor, cpu=50 * factor, peak=3 * GB, written=MB)
    step = Step(full, 500 * MB, 80 * MB, {"tests": tests})
    works = {
        "models": Work(60, 100 * factor, 2 * GB, 400 * MB),
        "scan": Work(5, 10 * factor, GB),
        "write": Work(2, 4 * factor, GB, 80 * MB),
        "spine": Work(0.5, 1.0),
        "common part": Work(0.6, 1.2),
        "chain": Work(2.0, 4.0),
    }
    steps = {name: step if name == FULL else replace(step, stages={}) for name in (FULL, DAY, AGAIN)}
    return Measurement(size, round(1_000_000 * factor), "2025-12-31", about(), [Round(steps, works)])


def write_results(
    folder: Path, invocation: str, begins: int, ends: int, nodes: dict[str, tuple[int, int]]
) -> None:
    """dbt's results of one pass; times are seconds since 1970."""

    def at(second: int) -> str:
        return f"1970-01-01T00:00:{second:02}.000000Z"

    results = [
        {"unique_id": name, "timing": [{"started_at": at(first), "completed_at": at(last)}]}
        for name, (first, last) in nodes.items()
    ]
    metadata = {
        "invocation_id": invocation,
        "invocation_started_at": at(begins),
        "generated_at": at(ends),
    }
    text = json.dumps({"metadata": metadata, "results": results})
    (folder / "run_results.json").write_text(text, encoding="utf-8")
