"""What became of each node of a dbt run, and whether that is all that a release needs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.engines import Engine
from orchestration.errors import WarehouseError
from orchestration.privacy.redaction import shown_row, without_values

_ROWS_SHOWN = 3


@dataclass(frozen=True)
class NodeResult:
    """What became of one model, seed or test.

    `status` is dbt's: success, pass, warn, fail, error, skipped. `failures` counts a test's failing rows.
    `relation` is the table of a model, or of a test's failing rows. `compiled_path` is absolute.
    """

    unique_id: str
    name: str
    status: str
    failures: int | None = None
    message: str | None = None
    seconds: float = 0.0
    relation: str | None = None
    compiled_path: Path | None = None

    @property
    def is_good(self) -> bool:
        return self.status in ("success", "pass", "warn", "no-op")


def save_results(target_dir: Path, run_id: str, results: Sequence[NodeResult]) -> None:
    """Add the status of each node to what this run has so far; other runs' files go."""
    folder = target_dir / "run_statuses"
    path = folder / f"{run_id}.json"
    statuses = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    statuses.update({result.unique_id: result.is_good for result in results})
    path.write_text(json.dumps(statuses, indent=1), encoding="utf-8")


def refuse_unchecked(target_dir: Path, run_id: str, manifest: Mapping[str, Any]) -> None:
    """Stop unless every model was built and every test passed in this very run.

    Raises:
        WarehouseError: something failed, or did not run.
    """
    path = target_dir / "run_statuses" / f"{run_id}.json"
    statuses = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = sorted(unique_id for unique_id in needed(manifest) if not statuses.get(unique_id, False))
    if missing:
        raise WarehouseError(
            f"Nothing was published: {len(missing)} models or tests were not built or did not pass "
            f"in this run (such as {missing[0]}). Run the whole job `refresh`."
        )


def needed(manifest: Mapping[str, Any]) -> set[str]:
    """What has to succeed before anything is published: seeds, models that are stored, tests."""
    return {
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("seed", "model", "snapshot", "test")
        and node["config"].get("materialized") != "ephemeral"
    }


def failure_report(results: Sequence[NodeResult], engine: Engine, shown: Collection[str] = ()) -> str:
    """What failed, for the person who has to fix it: the check, its rows, the query, the first rows.

    Texts are shown of the columns `shown` alone: the report goes to terminals, logs and Dagster.
    """
    failed = [result for result in results if not result.is_good and result.status != "skipped"]
    skipped = sum(result.status == "skipped" for result in results)
    lines = [
        f"{_count(len(failed), 'model or test', 'models and tests')} failed"
        + (f", {skipped} that depend on them were left out" if skipped else "")
        + ". Nothing was published: readers keep the release they had."
    ]
    # Sentences first: other checks often fail for the reason that they give.
    for result in sorted(failed, key=lambda result: result.status == "fail"):
        lines += ["", *_failure(result, engine, shown)]
    return "\n".join(lines)


def _failure(result: NodeResult, engine: Engine, shown: Collection[str]) -> list[str]:
    kind = result.unique_id.split(".")[0]
    rows = result.failures if result.status == "fail" and kind == "test" else None
    lines = [
        f"{kind.replace('_', ' ')} {result.name}: " + (_count(rows, "row", "rows") if rows else result.status)
    ]
    if rows and result.relation:
        relation = ".".join(result.relation.replace('"', "").split(".")[-2:])
        lines.append(f"  rows:   select * from {relation}   (in {engine.place})")
        for row in engine.rows(f"select * from {relation} limit {_ROWS_SHOWN}"):
            lines.append(f"          {shown_row(row, shown)}")
    elif result.message:
        lines += [f"  {line}" for line in without_values(result.message).strip().splitlines()]
    if result.compiled_path:
        lines.append(f"  query:  {result.compiled_path}")
    return lines


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
