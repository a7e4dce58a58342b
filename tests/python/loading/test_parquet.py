"""Parquet files: a view over them with their own types, or loading stops and says where and why."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from ..support.raw_folder import Folder

USERS = "select user_id, account_id, role, _file_name, _row_number from raw.users order by 4, 5"


def test_parquet_is_a_view_with_the_types_of_the_file(folder: Folder) -> None:
    folder.write_parquet(
        "users.parquet",
        "select 7 as user_id, 'a1' as account_id, timestamptz '2024-01-01 09:00:00+09' as created_at, 1 as x",
    )
    loaded = {table.name: table for table in folder.land().tables}["users"]
    assert (loaded.files, loaded.rows_read, loaded.unknown_columns) == (1, 1, ("x",))
    assert folder.query(USERS) == [(7, "a1", None, "users.parquet", 1)]
    assert folder.query("select typeof(user_id), typeof(created_at), typeof(role) from raw.users") == [
        ("INTEGER", "TIMESTAMP WITH TIME ZONE", "VARCHAR")
    ]
    assert folder.query("select view_name from duckdb_views() where schema_name = 'raw'") == [("users",)]


def test_row_numbers_are_exact_over_many_large_files(folder: Folder) -> None:
    rows = 300_000
    for part in (1, 2, 10):
        folder.write_parquet(
            f"users/day={part}/part.parquet",
            f"select '{part}-' || (i + 1) as user_id, 'a1' as account_id from range({rows}) as r (i)",
        )
    assert {table.name: table.rows_read for table in folder.land().tables}["users"] == 3 * rows
    assert folder.query("""
        select _file_name, count(*), min(_row_number), max(_row_number),
            count(*) filter (user_id <> regexp_extract(_file_name, '=([0-9]+)/', 1) || '-' || _row_number)
        from raw.users group by all order by all
    """) == [(f"users/day={part}/part.parquet", rows, 1, rows, 0) for part in (1, 10, 2)]


def test_files_may_have_different_columns_and_types(folder: Folder) -> None:
    folder.write_parquet("users/1.parquet", "select 1 as user_id, 'a1' as account_id")
    folder.write_parquet("users/2.parquet", "select 'admin' as role, 'x' as user_id, 'a2' as account_id")
    folder.land()
    assert folder.query(USERS) == [
        ("1", "a1", None, "users/1.parquet", 1),
        ("x", "a2", "admin", "users/2.parquet", 1),
    ]


def test_a_file_without_rows_counts_as_not_supplied(folder: Folder) -> None:
    folder.write_parquet("users.parquet", "select 'u' as user_id, 'a' as account_id limit 0")
    folder.land()
    assert folder.query(USERS) == []
    assert folder.query("select files, rows_read from raw.loaded_tables where table_name = 'users'") == [
        (0, 0)
    ]


def test_a_file_that_is_cut_off_stops(folder: Folder) -> None:
    whole = folder.write_parquet(
        "users/1.parquet", "select i as user_id, 'a' as account_id from range(100) as r (i)"
    ).read_bytes()
    folder.write("users/2.parquet", whole[: len(whole) // 2])
    folder.write("users/3.parquet", "")
    folder.write("users/4.parquet", "user_id,account_id\nu1,a1\n")
    lines = folder.refused().splitlines()
    assert [line.partition(" ")[0] for line in lines] == [
        "users/2.parquet",
        "users/3.parquet",
        "users/4.parquet",
    ]
    for line in lines:
        assert "cannot be read as Parquet; is it cut off? Bring it again." in line


def test_a_damaged_file_stops_though_its_footer_is_whole(folder: Folder) -> None:
    path = folder.write_parquet(
        "users.parquet", "select 'u' || i as user_id, 'a' || hash(i) as account_id from range(20000) as r (i)"
    )
    damaged = bytearray(path.read_bytes())
    damaged[1000:1200] = bytes(200)
    path.write_bytes(damaged)
    assert folder.refused().startswith("users.parquet has values that cannot be read: it is damaged")


def test_a_text_that_is_not_utf8_stops(folder: Folder) -> None:
    path = folder.write_parquet("users.parquet", "select 'u1' as user_id, 'a1' as account_id")
    offsets = pa.array([0, 2], pa.int32()).buffers()[1]
    not_utf8 = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(b"\x8b\x8e")])
    pq.write_table(pa.table({"user_id": not_utf8, "account_id": ["a1"]}), path)
    said = folder.refused()
    assert said.startswith("users.parquet has values that cannot be read")
    assert "not valid UTF8" in said


def test_a_required_column_must_be_in_every_file(folder: Folder) -> None:
    folder.write_parquet("users/1.parquet", "select 1 as user_id, 'a1' as account_id")
    folder.write_parquet("users/2.parquet", "select 1 as user_id, 'a1' as accountid")
    message = folder.refused()
    assert "users/2.parquet has no column account_id, which users needs" in message
    assert "Did you mean accountid? Rename it." in message
    assert "users/1.parquet" not in message


def test_decimals_of_more_than_38_digits_stop(folder: Folder) -> None:
    whole = folder.write_parquet("users.parquet", "select 1 as user_id, 'a1' as account_id")
    wide = pa.array([Decimal("1.123456789")], pa.decimal256(50, 9))
    pq.write_table(pa.table({"user_id": ["1"], "account_id": ["a1"], "champion_level": wide}), whole)
    message = folder.refused()
    assert "users.parquet: the column champion_level is a decimal of 50 digits" in message
    assert "Write the file again with decimal(38, 8) or fewer digits." in message
