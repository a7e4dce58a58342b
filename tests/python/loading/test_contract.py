"""The contract is read from the dbt sources as it stands there, and refused where it makes no sense."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.computed import COMPUTED_SCHEMAS, LOAD, computed_tables, written_tables
from orchestration.loading import ContractError, read_contract
from orchestration.loading.contract import Rules, TableRules
from orchestration.settings import PROJECT_DIR
from orchestration.sources import SOURCES_PATH

CONTRACT = read_contract()
TABLES = {table.name: table for table in CONTRACT.tables}


def test_every_table_of_the_contract_is_read_with_its_key() -> None:
    assert len(CONTRACT.tables) == len(TABLES) == 26
    assert TABLES["subscription_items"].key == ("subscription_item_id", "valid_from")
    assert [table.name for table in CONTRACT.tables if table.required] == [
        "accounts",
        "plans",
        "subscription_items",
    ]
    for table in CONTRACT.tables:
        assert set(table.key) <= set(table.column_names), table.name
        assert "recorded_at" in table.column_names, table.name


def test_what_a_column_demands_is_read() -> None:
    columns = {column.name: column for column in TABLES["subscription_items"].columns}
    assert columns["account_id"].required
    assert columns["account_id"].references == "accounts.account_id"
    assert columns["unit_price"].data_type == "decimal(18,8)"
    assert (columns["discount_rate"].minimum, columns["discount_rate"].maximum) == (0, 1)
    assert columns["billing_interval"].allowed == ("day", "week", "month", "quarter", "year")
    assert columns["status"].default == "active"
    assert columns["currency"].upper_case
    assert not columns["valid_to"].required


def test_ranges_that_depend_on_another_column_are_read() -> None:
    score = next(column for column in TABLES["survey_responses"].columns if column.name == "score")
    assert score.range_by == "survey_kind"
    assert score.ranges == {"nps": (0, 10), "csat": (1, 5)}


def test_every_key_that_the_macros_read_is_a_key_of_the_contract() -> None:
    macros = "".join(path.read_text(encoding="utf-8") for path in (PROJECT_DIR / "macros").rglob("*.sql"))
    read = set(re.findall(r"\bmeta\.(\w+)", macros))
    assert "minimum" in read
    assert read <= {*Rules.model_fields, *TableRules.model_fields}


def changed(folder: Path, present: str, wanted: str) -> Path:
    """The shipped contract with its first `present` changed."""
    text = SOURCES_PATH.read_text(encoding="utf-8")
    assert present in text
    path = folder / "_sources.yml"
    path.write_text(text.replace(present, wanted, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("present", "wanted", "message"),
    [
        (
            "default: 1, minimum: 0",
            "default: 1, minimun: 0",
            "table subscription_items, column quantity: the key config.meta.minimun is not known; "
            "did you mean minimum?",
        ),
        (
            "required_table: true",
            "require_table: true",
            "table accounts: the key config.meta.require_table is not known; did you mean required_table?",
        ),
        (
            "- name: account_name\n",
            "- name: account_name\n            required: true\n",
            "table accounts, column account_name: the key required is not known; "
            "required belongs in config.meta.",
        ),
        ("    schema: raw\n", "    schemas: raw\n", "the key schemas is not known"),
        ("meta: {required: true}", "meta: {required: 'false'}", "config.meta.required is 'false'; expected"),
        (
            "data_type: boolean",
            "data_type: bool",
            "table accounts, column is_test: data_type is 'bool'; expected one of varchar",
        ),
        ("key: [account_id]", "key: []", "table accounts: key is missing"),
        ("key: [account_id]", "key: [acount_id]", "key names 'acount_id', which is no column of the table"),
        ("key: [account_id]", "key: [country]", "column country: is part of the key; make it required"),
        ("newest_by: created_at", "newest_by: country", "newest_by is 'country'; expected a column"),
        (
            "- name: country\n",
            "- name: industry\n",
            "table accounts, column industry: stands there twice; keep one of them.",
        ),
        ("- name: users\n", "- name: plans\n", "table plans: stands there twice"),
        ("range_by: survey_kind, ", "", "column score: range_by and ranges need each other"),
        (", ranges: {nps: [0, 10], csat: [1, 5]}", "", "column score: range_by and ranges need each other"),
        ("range_by: survey_kind", "range_by: kind", "range_by is 'kind', which is no column of the table"),
        (
            "{charge_kind: [one",
            "{charge: [one",
            "optional_where names 'charge', which is no column of the table",
        ),
        (
            "[one_time, usage]}",
            "[fee]}",
            "optional_where names 'fee', which charge_kind does not allow (recurring",
        ),
        ("csat: [1, 5]", "ces: [1, 5]", "ranges names 'ces', which survey_kind does not allow (nps, csat)"),
        ("csat: [1, 5]", "csat: [5, 1]", "ranges of csat: 5 is above 1"),
        ("csat: [1, 5]", "csat: [1]", "column score: config.meta.ranges.csat"),
        ("minimum: 1, maximum: 5", "minimum: 5, maximum: 1", "minimum 5 is above maximum 1"),
        ("meta: {default: service}", "meta: {minimum: 1}", "column subject: minimum, maximum and ranges are"),
        ("default: false", "default: false, allowed: ['true']", "allowed and upper_case are of texts"),
        ("references: accounts.account_id", "references: accounts.id", "references is 'accounts.id'"),
        ("references: accounts.account_id", "references: account_id", "references is 'account_id'"),
        ("default: active", "default: actve", "default is 'actve', which is not in allowed (active, "),
        ("default: 1, minimum: 0", "default: -1, minimum: 0", "default is -1, which is not between"),
        ("default: 1, minimum: 0", "default: one", "default is 'one'; expected a number for data_type"),
        ("meta: {required: true}", "meta: {required: true, default: x}", "a default never applies to a"),
    ],
)
def test_a_contract_that_makes_no_sense_says_where(
    tmp_path: Path, present: str, wanted: str, message: str
) -> None:
    with pytest.raises(ContractError) as stopped:
        read_contract(changed(tmp_path, present, wanted))
    assert message in str(stopped.value)
    assert str(stopped.value).startswith("_sources.yml, ")


def test_all_problems_of_the_contract_are_reported_together(tmp_path: Path) -> None:
    path = changed(tmp_path, "default: 1, minimum: 0", "default: 1, minimun: 0, maximun: 9")
    with pytest.raises(ContractError) as stopped:
        read_contract(path)
    assert len(str(stopped.value).splitlines()) == 2


def test_columns_that_python_writes_are_read_from_the_sources() -> None:
    assert {table.schema for table in computed_tables().values()} == {*COMPUTED_SCHEMAS}
    suggestions = computed_tables()["health.suggestions"]
    assert suggestions.definition == "measure_id string, weight double, suggested_weight double"
    assert [table.full_name for table in written_tables(LOAD)] == [
        "raw.settings",
        "raw.loaded_tables",
        "raw.loaded_files",
        "raw.system_objects",
        "raw.changed_files",
    ]


def test_a_row_for_a_table_has_its_columns_and_no_other() -> None:
    suggestions = computed_tables()["health.suggestions"]
    row = {"measure_id": "csat", "weight": 1.0, "suggested_weight": 2.0}
    assert suggestions.checked([row]) == [row]
    with pytest.raises(ValueError, match="differ in suggested, suggested_weight"):
        suggestions.checked([{"measure_id": "csat", "weight": 1.0, "suggested": 2.0}])


def test_a_table_that_python_writes_has_types_that_every_engine_knows(tmp_path: Path) -> None:
    path = changed(tmp_path, "score, data_type: double", "score, data_type: float")
    with pytest.raises(ContractError, match="account_scores, column score: data_type is 'float'; expected"):
        written_tables("health", path)


def test_the_check_of_lint_accepts_the_shipped_contract() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "orchestration.loading"],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
