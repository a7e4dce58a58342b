"""The dbt models on raw rows given in Python: compiled by dbt once, then run in memory many times."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.computed import HISTORY_SOURCE, written_tables
from orchestration.dbt.graph import after_computed
from orchestration.settings import PROJECT_DIR

from .revenue_oracle import Inputs, Row

MARTS = (
    "dim_accounts",
    "fct_subscription_periods",
    "fct_mrr_movements",
    "fct_mrr_movement_drivers",
    "fct_account_months",
    "kpi_mrr_months",
    "kpi_mrr_months_gross",
    "kpi_product_mrr_months",
    "kpi_other_revenue_months",
    "kpi_revenue_retention_months",
    "kpi_customer_retention_months",
    "kpi_retention_cohorts",
    "kpi_expansion_months",
    "kpi_ltv_months",
)

# What dbt reads, and what says which dbt it is.
DBT_FILES = (
    "dbt_project.yml", "profiles.yml", "requirements.lock", "models/**/*", "macros/**/*", "seeds/**/*",
    "tests/sql/**/*", "tests/generic/**/*",
)  # fmt: skip
MANIFESTS_KEPT = 4

Manifest = dict[str, Any]
Record = dict[str, Any]


class Warehouse:
    """An in-memory build of some marts and of what they are made from.

    Every `build` replaces all tables, so one warehouse serves any number of inputs in turn.
    """

    def __init__(self, variables: Mapping[str, object] | None = None, marts: tuple[str, ...] = MARTS) -> None:
        self.manifest = compiled(json.dumps(variables or {}, sort_keys=True))
        self.nodes = [self.manifest["nodes"][node] for node in build_order(self.manifest, marts)]
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("attach ':memory:' as cs_kpi; use cs_kpi; set TimeZone = 'UTC'")
        for schema in sorted({"raw", *(node["schema"] for node in self.nodes)}):
            self.connection.execute(f"create schema cs_kpi.{schema}")
        self.connection.execute(f"create schema cs_kpi.{HISTORY_SOURCE}")
        for table in written_tables(HISTORY_SOURCE):
            self.connection.execute(f"create table {table.full_name} ({table.definition})")
        for node in self.nodes:
            if node["resource_type"] == "seed":
                self.load_seed(node)

    def build(self, inputs: Inputs) -> None:
        """`build_tables` from what revenue is made of."""
        tables = {
            "accounts": inputs.accounts,
            "plans": inputs.plans,
            "subscription_items": inputs.subscription_items,
            "fx_rates": inputs.fx_rates,
        }
        self.build_tables(tables, inputs.as_of, inputs.timezone, inputs.reporting_currency)

    def build_tables(
        self,
        tables: Mapping[str, Sequence[Row]],
        as_of: dt.date,
        timezone: str = "UTC",
        reporting_currency: str = "USD",
        compute: Callable[[], object] = lambda: None,
    ) -> None:
        """Land the rows as the loader does, then run every model; a table that is not given was not supplied.

        `compute` runs before the models that read what Python computes.

        Raises:
            AssertionError: a model's SQL fails; the message names the model.
        """
        sources = self.manifest["sources"].values()
        contract = [source for source in sources if source["source_name"] == "raw"]
        for source in contract:
            rows = tables.get(source["name"], ())
            self.land(source["name"], [*source["columns"]], rows)
        self.land_settings(as_of, timezone, reporting_currency)
        self.connection.execute(
            "create or replace table raw.loaded_tables as"
            " select unnest($names) as table_name, unnest($files)::bigint as files,"
            " unnest($rows)::bigint as rows_read, null::varchar as unknown_columns,"
            " null::varchar as account_system",
            {
                "names": [source["name"] for source in contract],
                "files": [int(source["name"] in tables) for source in contract],
                "rows": [len(tables.get(source["name"], ())) for source in contract],
            },
        )
        self.connection.execute(
            "create or replace table raw.changed_files (table_name varchar, file_name varchar)"
        )
        self.connection.execute(
            "create or replace table raw.system_objects (system varchar, object_name varchar, body varchar,"
            " _file_name varchar, _row_number bigint)"
        )
        self.build_models(compute)

    def build_models(self, compute: Callable[[], object] = lambda: None) -> None:
        """Run every model on what was landed; `compute` before those that read what Python computes."""
        late = after_computed(self.manifest)
        models = [node for node in self.nodes if node["resource_type"] == "model"]
        for node in models:
            if node["unique_id"] not in late:
                self.run(node)
        compute()
        for node in models:
            if node["unique_id"] in late:
                self.run(node)

    def rows(self, relation: str) -> list[Record]:
        """All rows of a model or seed."""
        found = self.connection.execute(f"select * from {self.relation(relation)}")
        columns = [column[0] for column in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

    def relation(self, name: str) -> str:
        return next(node["relation_name"] for node in self.nodes if node["name"] == name)

    def land(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        data = {
            column: pa.array([row.get(column) or None for row in rows], pa.string()) for column in columns
        }
        data["_file_name"] = pa.array([f"{table}.csv"] * len(rows), pa.string())
        data["_row_number"] = pa.array(range(1, len(rows) + 1), pa.int64())
        landed = pa.table(data)
        self.connection.register("landed", landed)
        self.connection.execute(f"create or replace table raw.{table} as select * from landed")

    def land_settings(self, as_of: dt.date, timezone: str, reporting_currency: str) -> None:
        self.connection.execute(
            "create or replace table raw.settings as select 'run' as run_id, 'raw' as raw_dir,"
            " $currency as reporting_currency, $timezone as reporting_timezone,"
            " $as_of::date as configured_as_of_date, null::date as last_as_of_date, $today::date as today,"
            " $today::timestamp as loaded_at, 5::bigint as close_day",
            {
                "currency": reporting_currency,
                "timezone": timezone,
                "as_of": as_of,
                "today": as_of + dt.timedelta(400),
            },
        )

    def load_seed(self, node: Mapping[str, Any]) -> None:
        path = PROJECT_DIR / node["original_file_path"]
        types = ", ".join(f"'{name}': '{kind}'" for name, kind in node["config"]["column_types"].items())
        self.connection.execute(
            f"create table {node['relation_name']} as"
            f" select * from read_csv($path, header = true{f', types = {{{types}}}' if types else ''})",
            {"path": str(path)},
        )

    def run(self, node: Mapping[str, Any]) -> None:
        kind = "view" if node["config"]["materialized"] == "view" else "table"
        try:
            self.connection.execute(
                f"create or replace {kind} {node['relation_name']} as {node['compiled_code']}"
            )
        except duckdb.Error as error:
            raise AssertionError(f"{node['name']}: {error}") from error


def build_order(manifest: Manifest, names: Iterable[str]) -> list[str]:
    """Unique ids of the named models and seeds and of all that they are made from, parents first."""
    nodes = manifest["nodes"]
    wanted = [
        key
        for key, node in nodes.items()
        if node["resource_type"] in ("model", "seed") and node["name"] in names
    ]
    graph: dict[str, list[str]] = {}
    while wanted:
        key = wanted.pop()
        if key not in graph:
            graph[key] = [
                parent for parent in nodes[key].get("depends_on", {}).get("nodes", []) if parent in nodes
            ]
            wanted += graph[key]
    return [*TopologicalSorter(graph).static_order()]


@cache
def compiled(variables: str) -> Manifest:
    """dbt's manifest with the compiled SQL of every model and test; variables are JSON.

    It is kept in `target/compiled_for_tests` until a file of the dbt project changes, and made by one process
    at a time: compiling takes longer than most tests.
    """
    folder = PROJECT_DIR / "target" / "compiled_for_tests"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{fingerprint(variables)}.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            with tempfile.TemporaryDirectory(dir=folder) as workspace:
                compile_project(variables, Path(workspace)).replace(kept)
            for old in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-MANIFESTS_KEPT]:
                old.unlink()
    return json.loads(kept.read_text(encoding="utf-8"))


def fingerprint(variables: str) -> str:
    """Another text for other variables, and after any change of what dbt reads."""
    digest = hashlib.sha256(variables.encode())
    for pattern in DBT_FILES:
        for path in sorted(path for path in PROJECT_DIR.glob(pattern) if path.is_file()):
            digest.update(f"{path.relative_to(PROJECT_DIR)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def compile_project(variables: str, folder: Path) -> Path:
    """Have dbt compile the project in a folder of its own; the path of its manifest."""
    (folder / "build").mkdir()
    command = [sys.executable, "-m", "dbt.cli.main", "--quiet", "--no-use-colors", "compile"]
    command += ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    command += ["--target-path", f"{folder}/target", "--log-path", f"{folder}/logs", "--vars", variables]
    environment = {**os.environ, "CSKPI_WAREHOUSE_DIR": str(folder), "DBT_TARGET": "duckdb"}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"dbt compile failed:\n{done.stdout}{done.stderr}")
    return folder / "target" / "manifest.json"
