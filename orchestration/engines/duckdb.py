"""The warehouse on DuckDB: one file that dbt builds in, and a release that is a file too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.engines.base import Rows
from orchestration.engines.duckdb_marts import publish
from orchestration.health import store
from orchestration.health.chances import ChanceCurve
from orchestration.health.store import ScoreCounts
from orchestration.loading import Inspection, LoadResult, land, open_build
from orchestration.privacy.erasures import privacy_of
from orchestration.release.history import SCORE_HISTORY, history_path
from orchestration.release.publishing import no_report
from orchestration.release.releases import MartText, Release
from orchestration.settings import Settings


@dataclass(frozen=True)
class DuckDBEngine:
    """One file that dbt builds in, and a release that is a file too."""

    settings: Settings

    @property
    def place(self) -> str:
        """The file that dbt builds in."""
        return str(self.settings.build_path)

    def refuse_missing(self) -> None:
        """DuckDB is a part of the project."""

    def built_by(self) -> str | None:
        """The run that published the build database as it is; None where anything was written to it since."""
        try:
            run_id, *state = json.loads(self.settings.build_state_path.read_text(encoding="utf-8"))
            return run_id if state == self._state() else None
        except (OSError, ValueError):
            return None

    def land(self, run_id: str, inspection: Inspection | None = None) -> LoadResult:
        """Land the raw files as tables of the build database, and Parquet as views over the files.

        Unless an increment was inspected, the database is begun anew: a file beside it takes its place once
        everything is landed.
        """
        path = self.settings.build_path
        if inspection and inspection.before:
            with open_build(path, self.settings.duckdb_config) as connection:
                return land(self.settings, connection, run_id, inspection=inspection)
        if path.exists():
            with open_build(path, self.settings.duckdb_config):
                pass  # Nobody else has it open.
        fresh = path.with_name(f"{path.stem}.new.duckdb")
        for leftover in (fresh, fresh.with_name(f"{fresh.name}.wal")):
            leftover.unlink(missing_ok=True)
        with open_build(fresh, self.settings.duckdb_config) as connection:
            loaded = land(self.settings, connection, run_id, inspection=inspection)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
        fresh.replace(path)
        return loaded

    def score(self) -> ScoreCounts:
        """Score in the build database what the last release does not hold."""
        history = history_path(self.settings.warehouse_dir, SCORE_HISTORY)
        with open_build(self.settings.build_path, self.settings.duckdb_config) as connection:
            return store.score(connection, history, partial(privacy_of(self.settings).published, "account"))

    def write_chances(self, curves: Sequence[ChanceCurve]) -> None:
        """Write the chances of every account into the build database."""
        with open_build(self.settings.build_path, self.settings.duckdb_config) as connection:
            store.write_chances(connection, curves)

    def rows(self, query: str) -> Rows:
        """The result of a query of the build database."""
        with duckdb.connect(self.place, read_only=True, config=self.settings.duckdb_config) as connection:
            found = connection.sql(query)
            return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]

    def table(self, query: str) -> pa.Table:
        """The result of a query of the build database."""
        with duckdb.connect(self.place, read_only=True, config=self.settings.duckdb_config) as connection:
            return connection.sql(query).to_arrow_table()

    def save(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace a table, in one transaction."""
        with open_build(self.settings.build_path, self.settings.duckdb_config) as connection:
            schema = connection.table(table).limit(0).to_arrow_table().schema
            found = pa.Table.from_pylist([dict(row) for row in rows], schema)
            connection.begin()
            connection.execute(f"delete from {table}")
            connection.from_arrow(found).insert_into(table)
            connection.commit()

    def publish(
        self, release: Release, texts: Mapping[str, MartText], report: Callable[[Path], None] = no_report
    ) -> Release:
        """Copy the marts into a database of their own, and into Parquet files."""
        settings = self.settings
        published = publish(
            settings.build_path,
            settings.warehouse_dir,
            release,
            texts,
            settings.duckdb_config,
            report=report,
            kept=settings.kept_releases,
        )
        state = json.dumps([release.run_id, *self._state()])
        settings.build_state_path.write_text(state, encoding="utf-8")
        return published

    def _state(self) -> list[int]:
        """Size and time of the build database, which change with every write to it."""
        found = self.settings.build_path.stat()
        return [found.st_size, found.st_mtime_ns]
