"""The contract is read from the dbt sources as it stands there."""

from __future__ import annotations

from orchestration.loading import read_contract

CONTRACT = read_contract()
TABLES = {table.name: table for table in CONTRACT.tables}


def test_every_table_of_the_contract_is_read_with_its_key() -> None:
    assert len(CONTRACT.tables) == len(TABLES) == 22
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
    assert not columns["valid_to"].required


def test_ranges_that_depend_on_another_column_are_read() -> None:
    score = next(column for column in TABLES["survey_responses"].columns if column.name == "score")
    assert score.range_by == "survey_kind"
    assert score.ranges == {"nps": (0, 10), "csat": (1, 5)}


def test_every_reference_leads_to_a_column_of_the_contract() -> None:
    for table in CONTRACT.tables:
        for column in table.columns:
            if column.references:
                target, target_column = column.references.split(".")
                assert target_column in TABLES[target].column_names, (table.name, column.name)
