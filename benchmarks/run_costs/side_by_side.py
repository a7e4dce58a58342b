"""The same work in plain DuckDB, beside the run that was measured: same engine, same file, same threads.

`python -m benchmarks.run_costs.side_by_side FOLDER WORK` does one piece of work in a process of its own and
prints what it cost as JSON. FOLDER is what `prepare` made: the models' SQL, and a database without models.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.run_costs.processes import BenchmarkError
from orchestration.loading import open_build
from orchestration.release.releases import literal, quoted

# Models carry the name of dbt's database in their SQL, which is that of the file.
BUILD_FILE = "cs_kpi.duckdb"
STATEMENTS_FILE = "statements.json"
SQL_DIR = Path(__file__).parent

# What the chain begins with, what it shares with the spine, where it ends; both sides read the given models.
PERIODS, COMMON, CHAIN_END = "int_subscription_periods", "int_account_month_totals", "kpi_mrr_months"
GIVEN = (PERIODS, "int_months", "int_month_rates")
MRR_REPEATS = 3

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Statement:
    """A model as SQL: `kind` is table or view; `relation` is quoted, with its database and schema."""

    name: str
    relation: str
    kind: str
    sql: str
    is_in_chain: bool = False
    is_common: bool = False

    def run(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Build the model anew."""
        connection.execute(f"create or replace {self.kind} {self.relation} as {self.sql}")


@dataclass(frozen=True)
class Work:
    """What a piece of work cost: `wall` and `cpu` in seconds, `peak` and `written` in bytes, 0 if unknown."""

    wall: float
    cpu: float
    peak: int = 0
    written: int = 0


def statements_of(manifest: Json, compiled: Mapping[str, str]) -> list[Statement]:
    """Every model that is stored, parents first; `compiled` has the SQL of each by its unique ID."""
    models = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    }
    missing = sorted(models.keys() - compiled.keys())
    if missing:
        raise BenchmarkError(
            f"The run built {len(compiled)} models, but not {missing[0]}; run it again with --full."
        )
    parents = {key: [parent for parent in manifest["parent_map"][key] if parent in models] for key in models}
    key_of = {node["name"]: key for key, node in models.items()}
    chain = _between(parents, key_of[PERIODS], key_of[CHAIN_END]) - {key_of[name] for name in GIVEN}
    common = _between(parents, key_of[PERIODS], key_of[COMMON])
    return [
        Statement(
            name=models[key]["name"],
            relation=models[key]["relation_name"],
            kind="view" if models[key]["config"]["materialized"] == "view" else "table",
            sql=compiled[key],
            is_in_chain=key in chain,
            is_common=key in chain & common,
        )
        for key in TopologicalSorter(parents).static_order()
    ]


def prepare(built: Path, statements: Iterable[Statement], folder: Path) -> None:
    """Write a build database with what models do not build: landed tables, seeds, what Python computed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    written = [asdict(statement) for statement in statements]
    (folder / STATEMENTS_FILE).write_text(json.dumps(written), encoding="utf-8")
    models = {statement["relation"] for statement in written}
    with open_build(folder / BUILD_FILE) as connection:
        connection.execute(f"attach {literal(built)} as built (read_only)")
        schemas = connection.execute(
            "select schema_name from duckdb_schemas() where database_name = 'built' and not internal"
        ).fetchall()
        for (schema,) in schemas:
            connection.execute(f"create schema if not exists {quoted(schema)}")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'built' "
            "and schema_name != 'test_failures'"
        ).fetchall()
        for schema, table in tables:
            name = f"{quoted(schema)}.{quoted(table)}"
            if f'"cs_kpi".{name}' not in models:
                connection.execute(f"create table {name} as from built.{name}")
        views = connection.execute(
            "select schema_name, view_name, sql from duckdb_views() where database_name = 'built' "
            "and not internal"
        ).fetchall()
        for schema, view, sql in views:
            if f'"cs_kpi".{quoted(schema)}.{quoted(view)}' not in models:
                connection.execute(sql)


def build_models(folder: Path) -> dict[str, Work]:
    """Every model one after the other: what a run builds, without dbt, Dagster and tests."""
    with open_build(folder / BUILD_FILE) as connection, _cost() as cost:
        for statement in _statements(folder):
            statement.run(connection)
        connection.execute("checkpoint")
    return {"models": cost(written=(folder / BUILD_FILE).stat().st_size)}


def compare_mrr(folder: Path) -> dict[str, Work]:
    """The chain from repaired periods to MRR by month against the usual spine; medians of three each.

    Raises:
        BenchmarkError: they do not give the same MRR in every month.
    """
    chain = [statement for statement in _statements(folder) if statement.is_in_chain]
    common = [statement for statement in chain if statement.is_common]
    rest = [statement for statement in chain if not statement.is_common]
    found: dict[str, list[Work]] = {"chain": [], "common part": [], "spine": []}
    with open_build(folder / BUILD_FILE) as connection:
        connection.execute("create schema if not exists benchmark")
        for _ in range(MRR_REPEATS):
            with _cost() as cost:
                run_spine(connection)
            found["spine"].append(cost())
            with _cost() as cost:
                for statement in common:
                    statement.run(connection)
            shared = cost()
            with _cost() as cost:
                for statement in rest:
                    statement.run(connection)
            detail = cost()
            with _cost() as cost:
                run_common_part(connection)
            last = cost()
            found["common part"].append(Work(shared.wall + last.wall, shared.cpu + last.cpu))
            found["chain"].append(Work(shared.wall + detail.wall, shared.cpu + detail.cpu))
        refuse_other_mrr(connection)
    return {
        name: Work(
            statistics.median(work.wall for work in each), statistics.median(work.cpu for work in each)
        )
        for name, each in found.items()
    }


def run_spine(connection: duckdb.DuckDBPyConnection) -> None:
    """Build the usual spine in the schema `benchmark`."""
    connection.execute((SQL_DIR / "spine.sql").read_text(encoding="utf-8"))


def run_common_part(connection: duckdb.DuckDBPyConnection) -> None:
    """Sum the warehouse's account months into what the spine has by month, in the schema `benchmark`."""
    connection.execute((SQL_DIR / "common_part.sql").read_text(encoding="utf-8"))


def refuse_other_mrr(connection: duckdb.DuckDBPyConnection) -> None:
    """Stop where the spine or the common part has another MRR in a month than kpi_mrr_months.

    The common part must have the same movements too. The spine compares amounts at two exchange rates, so its
    movements are others where there are several currencies.

    Raises:
        BenchmarkError: the first month that differs.
    """
    movements = ("new_mrr", "reactivated_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr")
    for table, columns in (
        ("spine_months", ("closing_mrr",)),
        ("common_months", ("closing_mrr", *movements)),
    ):
        found = other_months(connection, f"benchmark.{table}", columns)
        if found:
            raise BenchmarkError(f"benchmark.{table} and kpi_mrr_months differ in {found[0]}.")


def other_months(connection: duckdb.DuckDBPyConnection, table: str, columns: Iterable[str]) -> list[dt.date]:
    """The months in which a column differs from kpi_mrr_months by 0.01 or more; a missing month has zeros."""
    differs = " or ".join(
        f"abs(coalesce(ours.{name}, 0) - coalesce(theirs.{name}, 0)) >= 0.01" for name in columns
    )
    found = connection.execute(
        f"""
        with ours as (select * from marts.kpi_mrr_months where segment_dimension = 'all')
        select coalesce(ours.month_start, theirs.month_start)
        from ours full outer join {table} as theirs on ours.month_start = theirs.month_start
        where {differs} order by 1
        """
    ).fetchall()
    return [month for (month,) in found]


def refuse_other_marts(built: Path, release: Path) -> None:
    """Stop where a mart has other rows than in the release of the run that was measured; rows are counted.

    Raises:
        BenchmarkError: the marts that differ.
    """
    with duckdb.connect() as connection:
        # Views name the build's catalog, so it keeps its name here.
        connection.execute(f"attach {literal(built)} as cs_kpi (read_only)")
        connection.execute(f"attach {literal(release)} as release (read_only)")
        marts = connection.execute(
            "select table_name from duckdb_tables() "
            "where database_name = 'release' and schema_name = 'marts' order by table_name"
        ).fetchall()
        counts = {
            mart: [
                connection.execute(f"select count(*) from {name}.marts.{quoted(mart)}").fetchone()
                for name in ("cs_kpi", "release")
            ]
            for (mart,) in marts
        }
    differing = [mart for mart, (ours, theirs) in counts.items() if ours != theirs]
    if differing:
        raise BenchmarkError(f"In plain DuckDB other rows were built of {', '.join(differing)}.")


def scan_and_write(folder: Path) -> dict[str, Work]:
    """The floor: read each column of every input once, and write every mart once."""
    paths = json.loads((folder / "floor.json").read_text(encoding="utf-8"))
    with open_build(folder / "floor.duckdb") as connection:
        with _cost() as cost:
            for files in paths["inputs"]:
                scan = f"read_parquet([{', '.join(literal(file) for file in files)}])"
                columns = [column for column, *_ in connection.execute(f"describe from {scan}").fetchall()]
                greatest = ", ".join(f"max({quoted(column)})" for column in columns)
                connection.execute(f"select {greatest} from {scan}").fetchall()
        scanned = cost()
        connection.execute(f"attach {literal(paths['release'])} as release (read_only)")
        marts = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'release' and schema_name = 'marts'"
        ).fetchall()
        with _cost() as cost:
            for (mart,) in marts:
                connection.execute(f"create table {quoted(mart)} as from release.marts.{quoted(mart)}")
            connection.execute("checkpoint")
        written = cost(written=(folder / "floor.duckdb").stat().st_size)
    return {"scan": scanned, "write": written}


WORK: Mapping[str, Callable[[Path], dict[str, Work]]] = {
    "models": build_models,
    "mrr": compare_mrr,
    "floor": scan_and_write,
}


@contextmanager
def _cost() -> Generator[Callable[..., Work]]:
    """Yields what tells the cost of the block, once it has ended; the peak is the whole process's."""
    wall, cpu = time.perf_counter(), _cpu()
    ended: list[float] = []

    def cost(written: int = 0) -> Work:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return Work(ended[0], ended[1], peak, written)

    yield cost
    ended += [time.perf_counter() - wall, _cpu() - cpu]


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _statements(folder: Path) -> list[Statement]:
    return [Statement(**each) for each in json.loads((folder / STATEMENTS_FILE).read_text(encoding="utf-8"))]


def _between(parents: Mapping[str, Iterable[str]], first: str, last: str) -> set[str]:
    """The models that lie on a way from the one to the other, without the first."""
    reaches: dict[str, bool] = {first: True}
    for key in TopologicalSorter(parents).static_order():
        reaches.setdefault(key, any(reaches[parent] for parent in parents.get(key, ())))
    wanted, todo = set(), [last]
    while todo:
        key = todo.pop()
        if key not in wanted and reaches[key]:
            wanted.add(key)
            todo += parents[key]
    return wanted - {first}


if __name__ == "__main__":
    done = WORK[sys.argv[2]](Path(sys.argv[1]))
    print(json.dumps({name: asdict(work) for name, work in done.items()}))
