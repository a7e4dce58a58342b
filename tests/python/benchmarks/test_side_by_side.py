"""The usual spine, and the SQL of the models in plain DuckDB, do the same work as the warehouse."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from benchmarks.run_costs.processes import BenchmarkError
from benchmarks.run_costs.side_by_side import (
    GIVEN,
    build_models,
    compare_mrr,
    other_months,
    prepare,
    refuse_other_marts,
    refuse_other_mrr,
    run_common_part,
    run_spine,
    scan_and_write,
    statements_of,
)
from orchestration.settings import PROJECT_DIR

from ..support.revenue_inputs import raw_inputs
from ..support.revenue_oracle import Inputs
from ..support.warehouse import Manifest, Warehouse

MOVEMENTS = ("closing_mrr", "new_mrr", "reactivated_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr")


@pytest.fixture(scope="module")
def worked_example() -> Inputs:
    return raw_inputs(PROJECT_DIR / "examples" / "worked_example", dt.date(2024, 6, 30))


@pytest.fixture(scope="module")
def warehouse(worked_example: Inputs) -> Iterator[Warehouse]:
    """MRR of the worked example."""
    warehouse = Warehouse(marts=("kpi_mrr_months",))
    warehouse.build(worked_example)
    yield warehouse
    warehouse.connection.close()


def both_sides(warehouse: Warehouse) -> duckdb.DuckDBPyConnection:
    warehouse.connection.execute("create schema if not exists benchmark")
    run_spine(warehouse.connection)
    run_common_part(warehouse.connection)
    return warehouse.connection


def test_the_spine_gives_the_mrr_of_every_month(warehouse: Warehouse) -> None:
    connection = both_sides(warehouse)
    refuse_other_mrr(connection)
    months = "select count(*) from benchmark.spine_months where closing_mrr > 0"
    assert connection.execute(f"select ({months}) >= 6").fetchone() == (True,)


def test_another_mrr_is_refused(warehouse: Warehouse) -> None:
    connection = both_sides(warehouse)
    connection.execute("update benchmark.spine_months set closing_mrr = closing_mrr + 1")
    with pytest.raises(BenchmarkError, match=r"benchmark\.spine_months and kpi_mrr_months differ in 20"):
        refuse_other_mrr(connection)


def test_the_models_are_built_again_from_what_they_do_not_build(warehouse: Warehouse, tmp_path: Path) -> None:
    manifest = only(warehouse)
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    statements = statements_of(manifest, {key: node["compiled_code"] for key, node in models.items()})
    names = [statement.name for statement in statements]
    chain = [statement.name for statement in statements if statement.is_in_chain]
    common = {statement.name for statement in statements if statement.is_common}
    assert names.index("int_item_changes") < names.index("kpi_mrr_months")
    assert chain[-1] == "kpi_mrr_months"
    assert {"int_item_changes", "int_account_month_totals"} <= common < set(chain)
    assert set(chain).isdisjoint(GIVEN)

    built = tmp_path / "built.duckdb"
    warehouse.connection.execute(f"attach '{built}' as built")
    warehouse.connection.execute("copy from database cs_kpi to built")
    warehouse.connection.execute("detach built")
    prepare(built, statements, tmp_path / "plain")
    work = build_models(tmp_path / "plain")["models"]
    works = compare_mrr(tmp_path / "plain")
    assert work.cpu > 0
    assert works.keys() == {"spine", "common part", "chain"}
    assert all(work.cpu > 0 for work in works.values())

    plain = tmp_path / "plain" / "cs_kpi.duckdb"
    refuse_other_marts(plain, built)
    with duckdb.connect(str(plain)) as connection:
        connection.execute(f"attach '{built}' as built (read_only)")
        ours, theirs = "marts.kpi_mrr_months", "built.marts.kpi_mrr_months"
        for one, other in ((ours, theirs), (theirs, ours)):
            assert connection.execute(f"from {one} except from {other}").fetchall() == []
        connection.execute(f"delete from {ours} where segment_dimension = 'all'")
    with pytest.raises(BenchmarkError, match="other rows were built of kpi_mrr_months"):
        refuse_other_marts(plain, built)


def test_in_one_currency_it_gives_the_same_movements(warehouse: Warehouse, worked_example: Inputs) -> None:
    items = [item for item in worked_example.subscription_items if item["currency"] == "USD"]
    warehouse.build(replace(worked_example, subscription_items=items))
    connection = both_sides(warehouse)
    assert other_months(connection, "benchmark.spine_months", MOVEMENTS) == []


def test_the_floor_reads_every_input_and_writes_every_mart(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "release.duckdb")) as connection:
        connection.execute("create schema marts; create table marts.dim_days as from range(100) as d (day)")
        connection.execute(f"copy marts.dim_days to '{tmp_path}/days.parquet'")
    floor = {"inputs": [[f"{tmp_path}/days.parquet"]], "release": f"{tmp_path}/release.duckdb"}
    (tmp_path / "floor.json").write_text(json.dumps(floor), encoding="utf-8")
    works = scan_and_write(tmp_path)
    assert works.keys() == {"scan", "write"}
    with duckdb.connect(str(tmp_path / "floor.duckdb")) as connection:
        assert connection.execute("select count(*) from dim_days").fetchone() == (100,)


def only(warehouse: Warehouse) -> Manifest:
    """The manifest with the nodes that the warehouse builds alone."""
    return {
        **warehouse.manifest,
        "nodes": {node["unique_id"]: node for node in warehouse.nodes},
    }
