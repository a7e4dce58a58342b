"""What each stage of a run cost, from samples of its process and the times of dbt's nodes.

Two nodes can run at a time in one process. What the process used between two samples is shared among the
nodes that ran then, by how long each ran; time in which none ran counts for what the run was doing otherwise.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.run_costs.processes import Measured, Sample

START, LOAD = "start: imports, parsing", "load"
AROUND_NODES, AROUND_STEPS = "dbt around its nodes", "Dagster around its steps"
COMPUTE, PUBLISH = "effects and health in Python", "publish"
# In the order of a run; marts follow by folder where None stands.
ORDER = (
    START, LOAD, "seeds", "staging", "intermediate", "features", "marts/core", "marts/kpis", None,
    "tests", AROUND_NODES, AROUND_STEPS, COMPUTE, PUBLISH,
)  # fmt: skip
# How the lines begin with which a run says what it does.
_SAID = {
    "loading tables": LOAD,
    "estimating the effects": COMPUTE,
    "scoring account health": COMPUTE,
    "testing the health score": COMPUTE,
    "publishing as of": PUBLISH,
}

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    """A node of dbt at work, in seconds since 1970."""

    begins: float
    ends: float
    stage: str


@dataclass(frozen=True)
class Cost:
    """What a stage cost: `wall` and `cpu` in seconds, `peak` and `written` in bytes.

    Wall, CPU and bytes of all stages add up to those of the run. The peak is the process's while the stage
    ran, whatever else ran beside it.
    """

    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    written: int = 0


@dataclass
class DbtPasses:
    """The results of each time that dbt ran: it writes the file anew, so copies are taken during the run."""

    target_dir: Path
    results: dict[str, Json] = field(default_factory=dict)
    _seen: int = 0

    def __post_init__(self) -> None:
        """Take no notice of what an earlier run left."""
        self._seen = self._modified()

    def look(self) -> None:
        """Keep the results that are there, if they are new and complete."""
        modified = self._modified()
        if modified == self._seen:
            return
        try:
            found = json.loads((self.target_dir / "run_results.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        self._seen = modified
        self.results[found["metadata"]["invocation_id"]] = found

    def manifest(self) -> Json:
        """The project as it was run."""
        return json.loads((self.target_dir / "manifest.json").read_text(encoding="utf-8"))

    def _modified(self) -> int:
        try:
            return (self.target_dir / "run_results.json").stat().st_mtime_ns
        except FileNotFoundError:
            return 0


def stage_of(node: Json) -> str:
    """The stage of a node of dbt's manifest: its layer, in `marts` with the folder."""
    kind = node["resource_type"]
    if kind in ("test", "seed"):
        return f"{kind}s"
    layer, folder, *_ = node["fqn"][1:]
    return f"{layer}/{folder}" if layer == "marts" else layer


def stage_costs(run: Measured, passes: DbtPasses) -> dict[str, Cost]:
    """What each stage of a run cost, in the order of a run."""
    marks = [(run.samples[0].at, START)]
    marks += [(at, stage) for at, text in run.lines for said, stage in _SAID.items() if text.startswith(said)]
    spans = []
    if passes.results:
        nodes = passes.manifest()["nodes"]
        for result in passes.results.values():
            metadata = result["metadata"]
            marks.append((_seconds(metadata["invocation_started_at"]), AROUND_NODES))
            marks.append((_seconds(metadata["generated_at"]), AROUND_STEPS))
            spans += [
                Span(_seconds(times[0]["started_at"]), _seconds(times[-1]["completed_at"]), stage_of(node))
                for each in result["results"]
                if (times := each["timing"]) and (node := nodes.get(each["unique_id"]))
            ]
    costs = attributed(run.samples, spans, sorted(marks))
    return {stage: costs[stage] for stage in sorted(costs, key=_place)}


def attributed(
    samples: Sequence[Sample], spans: Iterable[Span], marks: Sequence[tuple[float, str]]
) -> dict[str, Cost]:
    """Share what the process used among stages.

    Args:
        samples: at least one, in order of time; cumulated use.
        spans: the nodes, in any order.
        marks: from when on the run does what, apart from nodes, in order of time; the first is at its start.
    """
    costs: dict[str, Cost] = defaultdict(Cost)
    todo = sorted(spans, key=lambda span: span.begins)
    running: list[Span] = []
    place = 0
    for before, after in pairwise(samples):
        duration = after.at - before.at
        while todo and todo[0].begins < after.at:
            running.append(todo.pop(0))
        running = [span for span in running if span.ends > before.at]
        while place + 1 < len(marks) and marks[place + 1][0] <= before.at:
            place += 1
        parts = [(max(span.begins, before.at), min(span.ends, after.at), span.stage) for span in running]
        idle = duration - _covered(parts)
        shares: dict[str, float] = defaultdict(float)
        for begins, ends, stage in parts:
            shares[stage] += ends - begins
        # The time in which nodes ran is shared among them; where two ran, each counts for half.
        ran = sum(shares.values())
        weights = {stage: (duration - idle) * share / ran for stage, share in shares.items() if ran > 0}
        weights[marks[place][1]] = weights.get(marks[place][1], 0.0) + idle
        for stage, weight in weights.items():
            if weight <= 0:
                continue
            cost, share = costs[stage], weight / duration
            costs[stage] = Cost(
                wall=cost.wall + weight,
                cpu=cost.cpu + share * (after.cpu - before.cpu),
                peak=max(cost.peak, before.memory, after.memory),
                written=cost.written + round(share * (after.written - before.written)),
            )
    return dict(costs)


def _covered(parts: Iterable[tuple[float, float, str]]) -> float:
    """Seconds in which at least one node ran."""
    covered, end = 0.0, 0.0
    for begins, ends, _ in sorted(parts):
        covered += max(ends - max(begins, end), 0.0)
        end = max(end, ends)
    return covered


def _place(stage: str) -> tuple[int, str]:
    return (ORDER.index(stage) if stage in ORDER else ORDER.index(None)), stage


def _seconds(timestamp: str) -> float:
    return dt.datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp()
