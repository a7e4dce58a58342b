"""Runs dbt inside this process.

Inside, so that a killed run leaves no dbt behind that goes on writing, so that the project is parsed once for
all parts of a run, and because Dagster's own dbt resource calls `dbt --version`, which asks a package index.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, cast

from dbt.adapters.duckdb import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.cli.main import dbtRunner
from dbt.constants import PARTIAL_PARSE_FILE_NAME
from dbt.contracts.graph.manifest import Manifest

from orchestration.dbt.results import NodeResult
from orchestration.engines.spark_session import open_session
from orchestration.errors import ProjectError
from orchestration.privacy.redaction import without_values

logger = logging.getLogger(__name__)

# What a manifest is made of; folders count, so that a removed file is seen too.
_SOURCES = ("dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "tests/sql", "tests/generic")
_LOG_BYTES = 10_000_000
_LABELS = {"model": "models", "seed": "models", "snapshot": "models", "test": "tests"}


class DbtError(ProjectError, RuntimeError):
    """dbt stopped before it could build anything, such as on a model that cannot be parsed."""


@dataclass
class Dbt:
    """The dbt project as one warehouse builds it, with artifacts in `<warehouse>/target`.

    `is_as_typed`: dbt typed by hand in the project uses this warehouse too, so that it can reuse the parse.
    """

    project_dir: Path
    warehouse_dir: Path
    target: str = "duckdb"
    is_as_typed: bool = False
    _parsed: Manifest | None = field(default=None, repr=False)
    _finished: Counter[str] = field(default_factory=Counter, repr=False)

    @property
    def target_dir(self) -> Path:
        return self.warehouse_dir / "target"

    @property
    def manifest_path(self) -> Path:
        return self.target_dir / "manifest.json"

    def manifest(self) -> Mapping[str, Any]:
        """The manifest as JSON; parses the project where that was not done since its files changed."""
        if self._is_stale():
            self.parse()
        return json.loads(self.manifest_path.read_text(encoding="utf-8"))

    def parents(self) -> Mapping[str, Sequence[str]]:
        """The unique ids of what each node reads, without writing a manifest."""
        if self._parsed is None:
            self.parse(writes_manifest=False)
        parsed = cast(Manifest, self._parsed)
        parsed.build_parent_and_child_maps()
        return parsed.parent_map

    def parse(self, *, writes_manifest: bool = True) -> None:
        """Parse the project, reusing what did not change.

        Raises:
            DbtError: the project cannot be parsed.
        """
        self._parsed = None  # dbt would not parse what it is given.
        self._parsed = self._invoke([*([] if writes_manifest else ["--no-write-json"]), "parse"])
        if self.is_as_typed:
            self._share_parse()

    def _share_parse(self) -> None:
        """Put the parse where dbt typed by hand looks for it."""
        folder = self.project_dir / "target"
        folder.mkdir(exist_ok=True)
        copy = folder / f"{uuid.uuid4()}.tmp"
        shutil.copy(self.target_dir / PARTIAL_PARSE_FILE_NAME, copy)
        copy.replace(folder / PARTIAL_PARSE_FILE_NAME)

    def build(self, selection: Sequence[str]) -> list[NodeResult]:
        """Run `dbt build` with these selection arguments, and log how far it is.

        Unit tests are left out: they try the SQL on rows of their own, which no day's data can change.

        Raises:
            DbtError: dbt stopped before it built anything. Failing nodes do not raise.
        """
        if self._parsed is None:
            self.parse()
        self._open_engine()
        totals = _totals(cast(Manifest, self._parsed))

        def report(event: Any) -> None:
            if event.info.name == "NodeFinished":
                self._report(event.data.node_info.resource_type, totals)

        # The manifest is as it was parsed: dbt need not write it once more.
        command = ["--no-write-json", "build", "--exclude-resource-type", "unit_test", *selection]
        execution = self._invoke(command, [report])
        execution.write(str(self.target_dir / "run_results.json"))
        return [self._result(result) for result in execution.results]

    def _report(self, resource_type: str, totals: Mapping[str, int]) -> None:
        """Say how far the run is, each time another quarter of its models or tests is done."""
        label = _LABELS.get(resource_type)
        if label is None:
            return
        self._finished[label] += 1
        done, total = self._finished[label], totals[label]
        if done == total or done % -(-total // 4) == 0:
            logger.info("%s %d of %d", label, done, total, extra={"counted": (label, done, total)})

    def write_docs(self) -> Path:
        """Write the documentation of all tables into one page; where it is.

        Raises:
            DbtError: dbt could not read the project or the build database.
        """
        self._open_engine()
        self._invoke(["docs", "generate", "--static"])
        return self.target_dir / "static_index.html"

    def _open_engine(self) -> None:
        """Start Spark before dbt does, which would let it print into the terminal."""
        if self.target == "spark":
            open_session(self.warehouse_dir)

    def _is_stale(self) -> bool:
        if not self.manifest_path.exists():
            return True
        parsed_at = self.manifest_path.stat().st_mtime_ns
        roots = [self.project_dir / source for source in _SOURCES]
        files = [path for root in roots for path in (root, *root.rglob("*")) if path.exists()]
        return max(path.stat().st_mtime_ns for path in files) >= parsed_at

    def _invoke(self, command: list[str], callbacks: list[Callable[[Any], None]] | None = None) -> Any:
        arguments = [
            *("--log-level", "none", "--log-level-file", "none"),
            *("--log-path", str(self.warehouse_dir / "logs")),
            *command,
            *("--project-dir", str(self.project_dir), "--profiles-dir", str(self.project_dir)),
            *("--target-path", str(self.target_dir)),
        ]
        # dbt parses all again where variables, the target or the path of the profile differ by a letter.
        if not self.is_as_typed:
            arguments += ["--target", self.target]
            arguments += ["--vars", json.dumps({"warehouse_dir": str(self.warehouse_dir)})]
        try:
            with contextlib.chdir(self.project_dir), _log_in(self.warehouse_dir / "logs" / "dbt.log") as log:
                outcome = dbtRunner(self._parsed, [log, *(callbacks or [])]).invoke(arguments)
        finally:
            _close_database()
        if outcome.exception is not None:
            if not isinstance(outcome.exception, Exception):
                raise outcome.exception
            raise DbtError(without_values(str(outcome.exception))) from outcome.exception
        return outcome.result

    def _result(self, result: Any) -> NodeResult:
        node = result.node
        compiled = getattr(node, "compiled_path", None)
        return NodeResult(
            unique_id=node.unique_id,
            name=node.name,
            status=str(result.status),
            failures=result.failures,
            message=result.message,
            seconds=result.execution_time,
            relation=getattr(node, "relation_name", None),
            compiled_path=self.project_dir / compiled if compiled else None,
        )


def _totals(manifest: Manifest) -> Counter[str]:
    return Counter(_LABELS.get(str(node.resource_type), "") for node in manifest.nodes.values())


@contextlib.contextmanager
def _log_in(path: Path) -> Generator[Callable[[Any], None]]:
    """A callback that writes what dbt says into a file.

    dbt's own file logger formats every debug event before it drops it, which costs more than many tests.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")

    def log(event: Any) -> None:
        if event.info.level != "debug":
            line = (
                f"{dt.datetime.now():%Y-%m-%d %H:%M:%S} [{event.info.level}] {without_values(event.info.msg)}"
            )
            handler.emit(logging.makeLogRecord({"msg": line}))

    try:
        yield log
    finally:
        handler.close()


def _close_database() -> None:
    """Let go of the build database, which dbt would keep open for its next command in this process."""
    reset_adapters()
    DuckDBConnectionManager.close_all_connections()
