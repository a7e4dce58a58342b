"""What is said of rows in terminals, logs and Dagster names no person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.dbt.results import NodeResult, failure_report
from orchestration.privacy.redaction import shown_columns, shown_row, without_values

from ..support.raw_folder import REQUIRED, folder_with

MANIFEST = {
    "nodes": {
        "model.a": {"columns": {"account_id": {"config": {"meta": {"contains_pii": "account"}}}, "mrr": {}}},
        "model.b": {"columns": {"country": {}, "account_id": {}}},
    },
    "sources": {"source.c": {"columns": {"comment": {"config": {"meta": {"contains_pii": "text"}}}}}},
}
ROW = {"problem": "2 rows have this key", "account_id": "acc-one", "who": "Jane", "country": "DE", "mrr": 7}


def test_texts_are_shown_of_columns_that_are_known_to_name_nobody() -> None:
    assert shown_row(ROW, shown_columns(MANIFEST)) == (
        "problem=2 rows have this key, account_id=…, who=…, country=DE, mrr=7"
    )


class OneRow:
    """An engine whose tables of failing rows hold one row."""

    place = "build.duckdb"

    def rows(self, query: str) -> Sequence[dict[str, Any]]:
        return [ROW]


def test_a_failing_test_is_reported_without_them() -> None:
    failed = NodeResult("test.x", "x", "fail", failures=1, relation='"cs_kpi"."test_failures"."x"')
    report = failure_report([failed], OneRow(), shown_columns(MANIFEST))  # ty: ignore[invalid-argument-type]
    assert "select * from test_failures.x" in report
    assert "problem=2 rows have this key" in report
    assert [text for text in ("acc-one", "Jane") if text in report] == []


@pytest.mark.parametrize(
    "query",
    ["select 'Jane Roe'::integer", "select error('no')", "select cast('Jane' as date)", "select nothing"],
)
def test_an_engines_message_quotes_no_value(query: str) -> None:
    with pytest.raises(duckdb.Error) as stop:
        duckdb.sql(query).fetchall()
    said = without_values(str(stop.value))
    assert "Jane" not in said.splitlines()[0]
    assert said.split(":")[0] == str(stop.value).split(":")[0]


def test_a_model_that_stops_is_reported_without_the_value() -> None:
    stopped = NodeResult(
        "model.x", "x", "error", message="Conversion Error: Could not convert string 'Jane' to INT32"
    )
    assert "Jane" not in failure_report([stopped], OneRow())  # ty: ignore[invalid-argument-type]


def test_a_file_without_a_line_of_names_is_refused_without_its_first_row(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, {**REQUIRED, "users.csv": "jane@roe.example,acc-one,admin\n"})
    said = folder.refused()
    assert "users.csv has no column user_id" in said
    assert "is its first line a row" in said
    assert [text for text in ("jane", "acc-one") if text in said] == []
