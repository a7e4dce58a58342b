"""benchmarks/RESULTS.md: what was measured, beside the goals, and the ledger of what was tried."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.run_costs.measurement import AGAIN, DAY, FIRST, FULL, LATE, STEPS, Measurement

HOW_FILE = Path(__file__).parent / "how.md"


@dataclass(frozen=True)
class _Goal:
    """A line of the table of goals, in CPU seconds and GB at the peak; `before`: before the work on costs."""

    label: str
    company: str
    step: str
    before: str
    cpu: float
    peak: float | None = None


GOALS = (
    _Goal("worked example, full", "example", FULL, "60", 32),
    _Goal("demo (S), nothing new", "S", AGAIN, "104", 6),
    _Goal("demo (S), one more day", "S", DAY, "104", 40),
    _Goal("demo (S), full", "S", FULL, "104", 60),
    _Goal("M, one more day", "M", DAY, "495", 80),
    _Goal("M, full", "M", FULL, "495, 10.3 GB", 220, 5),
    _Goal("L, full", "L", FULL, "not run", 1_200, 10),
)


def report(measurements: Sequence[Measurement], ledger: str) -> str:
    """The report as Markdown; `ledger` is Markdown too, and stands at its end."""
    by_company = {each.company: each for each in measurements}
    lines = [
        "# What a run costs",
        "",
        'Written by `make bench`, which measures the sizes that it is given: `make bench SIZES="S M"`.',
        "Other sizes stand as they were measured last.",
        "",
        *_on_what(measurements),
        "## Goals",
        "",
        "CPU seconds of a run on two quiet cores.",
        "",
        *_goals(by_company),
    ]
    for each in measurements:
        lines += _company(each)
    lines += _growth(by_company)
    lines += [
        "## How it is measured",
        "",
        HOW_FILE.read_text(encoding="utf-8"),
        "## Ledger",
        "",
        ledger.strip(),
    ]
    return "\n".join(lines) + "\n"


def growth_exponent(smaller: tuple[float, float], larger: tuple[float, float]) -> float | None:
    """log of the ratio of costs over log of the ratio of rows, of (rows, cost); None where a cost is 0."""
    (rows, cost), (more_rows, more_cost) = smaller, larger
    if min(cost, more_cost) <= 0 or rows == more_rows:
        return None
    return math.log(more_cost / cost) / math.log(more_rows / rows)


def _on_what(measurements: Sequence[Measurement]) -> list[str]:
    names = [name for each in measurements[:1] for name in each.about]
    rows: list[tuple[str, Callable[[Measurement], str]]] = [
        ("raw rows", lambda each: f"{each.rows:,}"),
        ("as of", lambda each: each.as_of),
        ("rounds", lambda each: str(len(each.rounds))),
    ]
    table = [[label, *(value(each) for each in measurements)] for label, value in rows]
    table += [[name, *(each.about.get(name, "") for each in measurements)] for name in names]
    return _table(["", *(each.company for each in measurements)], table)


def _goals(by_company: Mapping[str, Measurement]) -> list[str]:
    table = []
    for goal in GOALS:
        measurement = by_company.get(goal.company)
        step = measurement.step(goal.step) if measurement else None
        wanted = f"{goal.cpu:,.0f}" + (f", {goal.peak:.0f} GB" if goal.peak else "")
        found = "not measured"
        if step:
            found = _seconds(step.cost.cpu) + (f", {_gigabytes(step.cost.peak)}" if goal.peak else "")
        table.append([goal.label, goal.before, wanted, found])
    largest = by_company.get("L")
    ratios = _ratios(largest) if largest else None
    found = f"{ratios[0]:.1f} times, {ratios[1]:.1f} times" if ratios else "not measured"
    table.append(
        [
            "MRR chain at L against the spine: all, common part",
            "about 25 times at M",
            "5 times, 1.5 times",
            found,
        ]
    )
    return _table(["", "before", "goal", "measured"], table)


def _company(measurement: Measurement) -> list[str]:
    steps = {name: step for name in STEPS if (step := measurement.step(name))}
    runs = [
        [
            name,
            _seconds(step.cost.wall),
            _seconds(step.cost.cpu),
            _gigabytes(step.cost.peak),
            _megabytes(step.cost.written),
            _megabytes(step.build),
            _megabytes(step.release),
        ]
        for name, step in steps.items()
    ]
    lines = [f"## {measurement.company}: {measurement.rows:,} raw rows", ""]
    lines += _table(["run", "wall s", "CPU s", "peak", "written", "build database", "release"], runs)
    for name in (FULL, DAY, LATE):
        if name in steps:
            lines += [f"### By stage, {name}", ""]
            lines += _table(
                ["stage", "wall s", "CPU s", "peak", "written"],
                [
                    [
                        stage,
                        _seconds(cost.wall),
                        _seconds(cost.cpu),
                        _gigabytes(cost.peak),
                        _megabytes(cost.written),
                    ]
                    for stage, cost in steps[name].stages.items()
                ],
            )
    return lines + _side_by_side(measurement)


def _side_by_side(measurement: Measurement) -> list[str]:
    full, models = measurement.step(FULL), measurement.work("models")
    if full is None or models is None:
        return []
    table = [
        [
            "the full run",
            _seconds(full.cost.wall),
            _seconds(full.cost.cpu),
            _gigabytes(full.cost.peak),
            "",
        ]
    ]
    for name, label in (
        ("models", "its models in plain DuckDB"),
        ("scan", "floor: one scan of the inputs"),
        ("write", "floor: one write of the marts"),
    ):
        if work := measurement.work(name):
            against = f"{full.cost.cpu / work.cpu:.1f}" if work.cpu else ""
            table.append([label, _seconds(work.wall), _seconds(work.cpu), _gigabytes(work.peak), against])
    lines = ["### Side by side", ""]
    lines += _table(["", "wall s", "CPU s", "peak", "full run's CPU / its CPU"], table)
    ratios = _ratios(measurement)
    works = [(label, measurement.work(label)) for label in ("spine", "common part", "chain")]
    if ratios is None:
        return lines
    against_spine = {"spine": "1", "common part": f"{ratios[1]:.1f}", "chain": f"{ratios[0]:.1f}"}
    labels = {
        "spine": "the usual spine",
        "common part": "the part of the chain that the spine has too",
        "chain": "the chain with all detail, to kpi_mrr_months",
    }
    chain = [
        [labels[name], f"{work.wall:.2f}", f"{work.cpu:.2f}", against_spine[name]]
        for name, work in works
        if work
    ]
    return lines + _table(
        ["MRR by month from repaired periods", "wall s", "CPU s", "CPU / spine's CPU"], chain
    )


def _ratios(measurement: Measurement) -> tuple[float, float] | None:
    """CPU of the whole chain and of its common part against the spine."""
    chain, common, spine = (measurement.work(name) for name in ("chain", "common part", "spine"))
    if chain is None or common is None or spine is None or spine.cpu == 0:
        return None
    return chain.cpu / spine.cpu, common.cpu / spine.cpu


def _growth(by_company: Mapping[str, Measurement]) -> list[str]:
    if "M" not in by_company or "L" not in by_company:
        return []
    medium, large = by_company["M"], by_company["L"]
    table = []
    for name in (FIRST, AGAIN, DAY, LATE, FULL):
        smaller, larger = medium.step(name), large.step(name)
        if smaller and larger:
            table.append([name, *_grown(medium, large, smaller.cost.cpu, larger.cost.cpu)])
    smaller, larger = medium.step(FULL), large.step(FULL)
    if smaller and larger:
        for stage in smaller.stages.keys() & larger.stages.keys():
            costs = smaller.stages[stage].cpu, larger.stages[stage].cpu
            table.append([f"full: {stage}", *_grown(medium, large, *costs)])
    lines = ["## Growth from M to L", ""]
    lines += ["log of the ratio of CPU over log of the ratio of raw rows: 1 is in step with the rows.", ""]
    return lines + _table(["", "CPU s at M", "CPU s at L", "exponent"], table)


def _grown(medium: Measurement, large: Measurement, cost: float, more: float) -> list[str]:
    exponent = growth_exponent((medium.rows, cost), (large.rows, more))
    return [_seconds(cost), _seconds(more), "" if exponent is None else f"{exponent:.2f}"]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    ruled = "|".join(["---", *["---:"] * (len(header) - 1)])
    return [
        f"| {' | '.join(header)} |",
        f"|{ruled}|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds < 10 else f"{seconds:,.0f}"


def _gigabytes(count: int) -> str:
    return f"{count / 1024**3:.1f} GB"


def _megabytes(count: int) -> str:
    return f"{count / 1024**2:,.0f} MB"
