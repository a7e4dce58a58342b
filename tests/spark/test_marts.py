"""`make run` on DuckDB and on Spark: the same marts, to the last cell, and the same words."""

from __future__ import annotations

import json

import pytest

from orchestration.settings import PROJECT_DIR
from tests.python.support.release_comparison import compare_releases, keys_of

from .conftest import COMPARISONS, Built


def test_every_mart_is_the_same(built: Built, pytestconfig: pytest.Config) -> None:
    ours, theirs = built.duckdb.warehouse_dir, built.spark.warehouse_dir
    manifest = json.loads((ours / "target" / "manifest.json").read_text(encoding="utf-8"))
    found = compare_releases(ours / "published", theirs / "published", keys_of(manifest))
    pytestconfig.stash[COMPARISONS].append(found)
    assert found.marts > 50
    assert found.cells > 50_000
    assert not found.differences, "\n".join([f"{found.differences} differences, such as", *found.lines])


def test_a_run_says_the_same(built: Built) -> None:
    said = [sorted(run.output.split("Where it is")[0].splitlines()) for run in (built.duckdb, built.spark)]
    assert said[0] == said[1]
    assert "on Spark: schema marts, " in built.spark.output
    assert built.spark.errors == ""


def test_spark_leaves_nothing_outside_the_warehouse(built: Built) -> None:
    folder = built.spark.warehouse_dir / "build" / "spark"
    assert {"derby.log", "metastore", "raw", "tables"} <= {path.name for path in folder.iterdir()}
    for name in ("derby.log", "metastore_db", "spark-warehouse"):
        assert not (PROJECT_DIR / name).exists(), name
