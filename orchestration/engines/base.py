"""What a run asks of the engine that holds its warehouse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from orchestration.health.chances import ChanceCurve
from orchestration.health.store import ScoreCounts
from orchestration.loading import Inspection, LoadResult
from orchestration.release.publishing import no_report
from orchestration.release.releases import MartText, Release

Rows = list[dict[str, Any]]


class Engine(Protocol):
    """The build database of one warehouse, with all that is not dbt's work."""

    @property
    def place(self) -> str:
        """Where a person finds the build database's tables."""
        ...

    def refuse_missing(self) -> None:
        """Stop where the engine cannot start."""
        ...

    def built_by(self) -> str | None:
        """The run that published the build database as it is; None where it cannot be built upon."""
        ...

    def land(self, run_id: str, inspection: Inspection | None = None) -> LoadResult:
        """Land the raw folder in the schema `raw`, inspected before or now; raises LoadError."""
        ...

    def score(self) -> ScoreCounts:
        """Replace the health tables by the scores of what was built; raises HealthConfigError."""
        ...

    def write_chances(self, curves: Sequence[ChanceCurve]) -> None:
        """Replace health.churn_chances by what the curves give for every account."""
        ...

    def rows(self, query: str) -> Rows:
        """The result of a query of the build database, one dictionary per row."""
        ...

    def table(self, query: str) -> pa.Table:
        """The result of a query of the build database, for computing with many rows."""
        ...

    def save(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace one of `computed_tables` by these rows; columns that a row lacks are NULL."""
        ...

    def publish(
        self, release: Release, texts: Mapping[str, MartText], report: Callable[[Path], None] = no_report
    ) -> Release:
        """Let readers see the marts as `release`, with the report of its folder; raises WarehouseError."""
        ...
