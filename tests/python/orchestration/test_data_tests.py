"""The data tests that YAML names: each fails on rows that break its rule, naming them, and no others."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.dbt.results import NodeResult
from orchestration.dbt.runner import Dbt
from orchestration.settings import PROJECT_DIR

PROJECT = """
name: cs_kpi
version: "1.0.0"
profile: cs_kpi
flags: {send_anonymous_usage_stats: false}
macro-paths: [macros, tests/generic]
test-paths: [tests/sql]
data_tests: {cs_kpi: {+store_failures: true, +schema: test_failures}}
vars:
  segments: [{dimension: country, column: country, of: account}]
"""
ROLLED = "100 as opening_mrr, 5 as new_mrr, 0 as reactivated_mrr, 0 as expansion_mrr, 0 as contraction_mrr"
ROLLED += ", 0 as churned_mrr, 0 as fx_impact_mrr"
# Each model with its one test: the arguments, and the rows, where those that break the rule are the last.
MODELS: Mapping[str, tuple[str, Mapping[str, Any], Sequence[str]]] = {
    "repeated_key": ("valid_rows", {"key": ["a", "b"]}, ["1 as a, 1 as b", "1, 2", "1, 2"]),
    "null_in_key": ("valid_rows", {"key": ["a", "b"]}, ["1 as a, 1 as b", "1, null"]),
    "repeated_value": ("valid_rows", {"unique": ["a"]}, ["'x' as a", "null", "null", "'y'", "'y'"]),
    "null_in_required": (
        "valid_rows",
        {"key": ["a"], "required": ["b", "c"]},
        ["1 as a, 1 as b, 1 as c", "2, null, null"],
    ),
    "value_not_allowed": (
        "valid_rows",
        {"key": ["a"], "allowed": {"b": ["x", "it's"], "c": [6, 12]}},
        ["1 as a, 'x' as b, 6 as c", "2, null, null", "3, 'it''s', 12", "4, 'z', 7"],
    ),
    "value_below": (
        "valid_rows",
        {"between": [{"columns": ["a", "b"], "minimum": 0}]},
        ["0 as a, 1 as b", "null, null", "0, -1"],
    ),
    "value_above": (
        "valid_rows",
        {"key": ["a"], "between": [{"columns": ["a", "b"], "minimum": 0, "maximum": 1}]},
        ["0 as a, 1.0 as b", "1, null", "2, 1.5"],
    ),
    "mrr_that_does_not_roll": ("mrr_rolls_forward", {}, [f"{ROLLED}, 105 as closing_mrr", f"{ROLLED}, 104"]),
    "unknown_segment": ("segment_attributes_known", {}, ["'DE' as country", "'unknown'", "null"]),
    "segments_that_do_not_sum": (
        "segments_sum_to_all",
        {"measures": ["n"]},
        [
            "1 as month_start, 'all' as segment_dimension, 3 as n",
            *("1, 'country', 1", "1, 'country', 2", "2, 'all', 3", "2, 'country', 2"),
        ],
    ),
    "total_unlike_its_fact": (
        "totals_equal_fact",
        {"fact": "ref('fact')", "measures": {"n": "sum(n)"}},
        ["1 as month_start, 'all' as segment_dimension, 3 as n", "2, 'all', 4"],
    ),
}
FAILING = {
    "repeated_key": [{"problem": "2 rows have this key", "a": 1, "b": 2}],
    "null_in_key": [{"problem": "b is NULL", "a": 1, "b": None}],
    "repeated_value": [{"problem": "2 rows have a = y"}],
    "null_in_required": [{"problem": "b is NULL, c is NULL", "a": 2, "b": None, "c": None}],
    "value_not_allowed": [{"problem": "b is not allowed, c is not allowed", "a": 4, "b": "z", "c": 7}],
    "value_below": [{"problem": "b is below 0", "a": 0, "b": -1}],
    "value_above": [{"problem": "a is above 1, b is above 1", "a": 2, "b": 1.5}],
    "mrr_that_does_not_roll": [{"expected_closing_mrr": 105, "closing_mrr": 104}],
    "unknown_segment": [{"country": None}],
    "segments_that_do_not_sum": [{"month_start": 2, "n_of_all": 3, "n_of_segments": 2}],
    "total_unlike_its_fact": [{"month_start": 2, "n_of_all": 4, "n_of_fact": None}],
}
# How many of the last rows break the rule, where it is more than one.
BROKEN_ROWS = {"repeated_key": 2, "repeated_value": 2, "segments_that_do_not_sum": 2}


def write_project(folder: Path, rows_left_out: Mapping[str, int]) -> Dbt:
    """The project of MODELS, each without so many of its last rows."""
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    shutil.copy(PROJECT_DIR / "profiles.yml", folder)
    for part in ("tests/generic", "macros/materializations"):
        shutil.copytree(PROJECT_DIR / part, folder / part)
    for macros in ("portability/schemas.sql", "segments/segments.sql"):
        shutil.copy(PROJECT_DIR / "macros" / macros, folder / "macros")
    models = []
    for name, (test, arguments, rows) in MODELS.items():
        kept = rows[: len(rows) - rows_left_out.get(name, 0)]
        sql = "\nunion all\n".join(f"select {row}" for row in kept)
        (folder / f"models/{name}.sql").write_text(sql, encoding="utf-8")
        models.append(
            {"name": name, "data_tests": [{test: {"name": f"test_{name}", "arguments": arguments}}]}
        )
    (folder / "models/fact.sql").write_text("select 1 as month_start, 3 as n", encoding="utf-8")
    (folder / "models/_models.yml").write_text(json.dumps({"models": models}), encoding="utf-8")
    (folder / "warehouse/build").mkdir(parents=True)
    return Dbt(folder, folder / "warehouse")


def results_of(results: Sequence[NodeResult]) -> dict[str, NodeResult]:
    return {
        result.name.removeprefix("test_"): result for result in results if result.name.startswith("test_")
    }


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, NodeResult]]:
    """The build database and the results of tests on models that all break their rule."""
    dbt = write_project(tmp_path_factory.mktemp("broken"), {})
    return dbt.warehouse_dir / "build/cs_kpi.duckdb", results_of(dbt.build([]))


@pytest.mark.parametrize("name", MODELS)
def test_rows_that_break_the_rule_fail_and_are_kept(
    broken: tuple[Path, dict[str, NodeResult]], name: str
) -> None:
    path, results = broken
    result = results[name]
    assert (result.status, result.failures) == ("fail", len(FAILING[name]))
    with duckdb.connect(str(path), read_only=True) as connection:
        kept = connection.sql(f"select * from test_failures.test_{name}")
        rows = [dict(zip(kept.columns, row, strict=True)) for row in kept.fetchall()]
    assert [expected.items() <= row.items() for row, expected in zip(rows, FAILING[name], strict=True)] == [
        True
    ]


def test_other_rows_pass_and_nothing_is_kept(tmp_path: Path) -> None:
    dbt = write_project(tmp_path, {name: BROKEN_ROWS.get(name, 1) for name in MODELS})
    results = results_of(dbt.build([]))
    assert {name: result.status for name, result in results.items()} == dict.fromkeys(MODELS, "pass")
    with duckdb.connect(str(dbt.warehouse_dir / "build/cs_kpi.duckdb"), read_only=True) as connection:
        kept = connection.sql("from duckdb_tables() where schema_name = 'test_failures'").fetchall()
    assert kept == []


def test_every_data_test_of_the_project_is_tried() -> None:
    tests = {path.stem for path in (PROJECT_DIR / "tests/generic").glob("*.sql")}
    assert tests == {test for test, _, _ in MODELS.values()}
