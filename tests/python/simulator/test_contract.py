"""Every raw table keeps the contract, except the rows listed as spoiled, which break it as listed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.loading.contract import read_contract as read_rules
from simulator import Simulated, simulate
from simulator.files.contract import RawTable

from ..support.simulated import CONTRACT, SMALL, files_of

RULES = {table.name: table for table in read_rules().tables}


@pytest.fixture(scope="module")
def connection(small: Simulated) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with every raw table: all rows, the spoiled, and per key the one that counts."""
    with duckdb.connect() as connection:
        folder = small.raw_dir
        connection.execute(f"create table spoiled as from '{small.truth_dir}/spoiled_rows.parquet'")
        connection.execute(f"create table table_rows as from '{small.truth_dir}/table_rows.parquet'")
        for name, table in CONTRACT.items():
            key = ", ".join(table.key)
            columns = ", ".join(table.schema.names)
            connection.execute(
                f"""create table all_{name} as
                select * exclude (filename, file_row_number),
                    substr(filename, {len(str(folder)) + 2}) as _file_name, file_row_number + 1 as _row_number
                from read_parquet('{files_of(folder, name)}', filename = true, file_row_number = true)"""
            )
            connection.execute(
                f"""create table sound_{name} as select * from all_{name} as r where not exists (
                    select * from spoiled as s where s.table_name = '{name}'
                    and s.file_name = r._file_name and s.row_number = r._row_number)"""
            )
            connection.execute(
                f"""create table distinct_{name} as
                select {columns}, max(_file_name) as _file_name from sound_{name} group by {columns}"""
            )
            connection.execute(
                f"""create table {name} as select {columns} from distinct_{name} qualify row_number() over (
                    partition by {key} order by recorded_at desc nulls last, _file_name desc) = 1"""
            )
        yield connection


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The one number that a query gives."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("name", CONTRACT)
def test_columns_and_types_are_the_contracts(small: Simulated, name: str) -> None:
    relation = duckdb.read_parquet(files_of(small.raw_dir, name))
    assert relation.columns == CONTRACT[name].schema.names
    expected = {"string": "VARCHAR", "timestamp[us]": "TIMESTAMP", "date32[day]": "DATE"}
    expected |= {"bool": "BOOLEAN", "int64": "BIGINT"}
    for field, given in zip(CONTRACT[name].schema, relation.types, strict=True):
        wanted = expected.get(str(field.type)) or str(field.type).replace("decimal128", "DECIMAL").replace(
            ", ", ","
        )
        assert str(given) == wanted, field.name


@pytest.mark.parametrize("name", CONTRACT)
def test_every_table_has_rows_and_its_rows_keep_the_rules(
    connection: duckdb.DuckDBPyConnection, name: str
) -> None:
    assert count(connection, f"select count(*) from {name}") > 0
    for column in RULES[name].columns:
        broken = []
        if column.required:
            exempt = [
                f" and coalesce({other}, '') not in {values}"
                for other, values in column.optional_where.items()
            ]
            broken.append("".join([f"{column.name} is null", *exempt]))
        if column.allowed:
            allowed = ", ".join(f"'{value}'" for value in column.allowed)
            broken.append(f"{column.name} not in ({allowed})")
        if column.minimum is not None:
            broken.append(f"{column.name} < {column.minimum}")
        if column.maximum is not None:
            broken.append(f"{column.name} > {column.maximum}")
        for kind, (low, high) in column.ranges.items():
            broken.append(f"{column.range_by} = '{kind}' and {column.name} not between {low} and {high}")
        for condition in broken:
            assert count(connection, f"select count(*) from sound_{name} where {condition}") == 0, condition


@pytest.mark.parametrize("name", CONTRACT)
def test_references_are_known_except_the_unknown_ones_that_are_counted(
    connection: duckdb.DuckDBPyConnection, name: str
) -> None:
    unknown = 0
    for column in RULES[name].columns:
        if column.references:
            other, key = column.references.split(".")
            lost = count(
                connection,
                f"""select count(*) from {name}
                where {column.name} is not null and {column.name} not in (select {key} from {other})""",
            )
            assert lost == 0 or not column.required, column.name
            unknown += lost
    listed = f"select unknown_references from table_rows where table_name = '{name}'"
    assert unknown == count(connection, listed)


@pytest.mark.parametrize("name", CONTRACT)
def test_rows_are_read_accepted_repeated_superseded_and_quarantined_as_the_truth_says(
    connection: duckdb.DuckDBPyConnection, name: str
) -> None:
    read, sound, distinct, kept = (
        count(connection, f"select count(*) from {table}")
        for table in (f"all_{name}", f"sound_{name}", f"distinct_{name}", name)
    )
    found = (read, kept, sound - distinct, distinct - kept, read - sound)
    listed = connection.execute(
        f"""select rows_read, rows_accepted, rows_repeated, rows_superseded, rows_quarantined
        from table_rows where table_name = '{name}'"""
    ).fetchone()
    assert found == listed


def test_the_spoiled_rows_cover_every_reason_that_typed_files_can_hold(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    reasons = {row[0] for row in connection.execute("select distinct reason from spoiled").fetchall()}
    assert reasons == {
        "missing_required_value", "value_not_allowed", "out_of_range", "unknown_reference", "duplicate_key",
        "no_exchange_rate",
    }  # fmt: skip


def test_in_text_every_spoiled_row_breaks_the_contract_exactly_as_listed(tmp_path: Path) -> None:
    done = simulate(replace(SMALL, file_format="csv"), CONTRACT, tmp_path / "text")
    accounts = {row["account_id"] for row in rows_of(done.raw_dir / "accounts.csv")}
    spoiled = duckdb.read_parquet(str(done.truth_dir / "spoiled_rows.parquet")).fetchall()
    assert {reason for _, _, reason, _, _ in spoiled} >= {"wrong_type", "no_exchange_rate"}
    by_file: dict[str, list[dict[str, str]]] = {}
    for name, key, reason, file, number in spoiled:
        rows = by_file.setdefault(file, rows_of(done.raw_dir / file))
        row = rows[number - 1]
        assert "|".join(row[column] for column in CONTRACT[name].key) == key
        expected = set() if reason in ("duplicate_key", "no_exchange_rate") else {reason}
        assert faults(CONTRACT[name], row, accounts) == expected, (name, key)
        if reason == "duplicate_key":
            same = [r for r in rows if all(r[column] == row[column] for column in CONTRACT[name].key)]
            assert len(same) == 2
            assert same[0] != same[1]
            assert {r.get("recorded_at") for r in same} == {""}
        if reason == "no_exchange_rate":
            assert row["currency"] == "CHF"


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a text file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def faults(table: RawTable, row: dict[str, str], accounts: set[str]) -> set[str]:
    """The rules that one row of text breaks; references are checked into accounts, others by their look."""
    found: set[str] = set()
    for field, column in zip(table.schema, RULES[table.name].columns, strict=True):
        value = row[field.name]
        if value == "":
            is_optional = any(row[other] in values for other, values in column.optional_where.items())
            if column.required and not is_optional:
                found.add("missing_required_value")
            continue
        number = as_number(value)
        kind = str(field.type)
        is_number = kind == "int64" or kind.startswith("decimal")
        if (
            (is_number and number is None)
            or (kind.startswith(("timestamp", "date")) and not value[0].isdigit())
            or (kind == "bool" and value not in ("true", "false"))
        ):
            found.add("wrong_type")
            continue
        if column.allowed and value not in column.allowed:
            found.add("value_not_allowed")
        low, high = column.minimum, column.maximum
        if column.range_by:
            low, high = column.ranges.get(row[column.range_by], (low, high))
        if number is not None and (
            (low is not None and number < low) or (high is not None and number > high)
        ):
            found.add("out_of_range")
        if column.references and column.required:
            into_accounts = column.references.startswith("accounts.")
            unknown = value not in accounts if into_accounts else value in ("core_gold", "FR9999999")
            if unknown:
                found.add("unknown_reference")
    return found


def as_number(value: str) -> Any:
    """The value as a decimal; None where it is none."""
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def test_the_newest_event_is_on_the_last_day_and_nothing_is_later(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    columns = (
        "product_events.occurred_at", "subscription_items.valid_from", "support_tickets.opened_at",
        "survey_responses.responded_at", "cs_activities.occurred_at", "cancellations.cancelled_at",
        "opportunities.created_at", "reviews.posted_at", "users.created_at", "contracts.decided_at",
        "opportunities.closed_at", "support_tickets.resolved_at", "customer_goals.achieved_at",
    )  # fmt: skip
    newest = {}
    for column in columns:
        table, name = column.split(".")
        newest[column] = connection.execute(f"select max({name})::date::varchar from {table}").fetchall()[0][
            0
        ]
    assert newest["product_events.occurred_at"] == "2025-12-31"
    assert max(newest.values()) == "2025-12-31"
