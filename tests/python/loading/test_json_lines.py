"""JSON Lines files: every value arrives as text, or loading stops and says where and why."""

from __future__ import annotations

import pytest

from ..support.raw_folder import Folder

USERS = "select user_id, account_id, role, _file_name, _row_number from raw.users order by 4, 5"


def users(folder: Folder, content: str | bytes) -> list[tuple[object, ...]]:
    """The landed rows of a file `users.jsonl`."""
    folder.write("users.jsonl", content)
    folder.land()
    return folder.query(USERS)


def test_every_kind_of_value_arrives_as_text(folder: Folder) -> None:
    assert users(
        folder,
        '{"user_id": "u1", "account_id": 12345678901234567, "role": true}\n'
        '{"role": null, "account_id": 0.1, "user_id": "名\\n前"}\n'
        '{"user_id": "", "account_id": -2.50, "role": {"is": ["admin", 1]}}\n',
    ) == [
        ("u1", "12345678901234567", "true", "users.jsonl", 1),
        ("名\n前", "0.1", None, "users.jsonl", 2),
        ("", "-2.5", '{"is":["admin",1]}', "users.jsonl", 3),
    ]


def test_keys_may_be_absent_from_single_objects(folder: Folder) -> None:
    content = '{"user_id": "u1"}\n{"user_id": "u2", "account_id": "a2", "Role": "x", "shoe": 40}\n'
    assert [row[:3] for row in users(folder, content)] == [("u1", None, None), ("u2", "a2", None)]
    assert folder.query("select unknown_columns from raw.loaded_tables where table_name = 'users'") == [
        ("Role, shoe",)
    ]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without mark", "with mark"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_byte_order_mark_line_endings_and_blank_lines(folder: Folder, mark: bytes, ending: str) -> None:
    lines = ['{"user_id": "u1", "account_id": "a1"}', "", '{"user_id": "u2", "account_id": "a2"}']
    assert users(folder, mark + ending.join(lines).encode()) == [
        ("u1", "a1", None, "users.jsonl", 1),
        ("u2", "a2", None, "users.jsonl", 2),
    ]


def test_a_file_without_lines_counts_as_not_supplied(folder: Folder) -> None:
    assert users(folder, "") == []
    assert folder.query("select files, rows_read from raw.loaded_tables where table_name = 'users'") == [
        (0, 0)
    ]


def test_row_numbers_are_exact_in_large_files(folder: Folder) -> None:
    rows = 300_000
    for part in ("1", "2"):
        lines = "".join(
            f'{{"user_id": "{part}-{row}", "account_id": "a1", "role": "{row:060d}"}}\n'
            for row in range(1, rows + 1)
        )
        folder.write(f"users/{part}.jsonl", lines)
    assert {table.name: table.rows_read for table in folder.land().tables}["users"] == 2 * rows
    assert folder.query("""
        select _file_name, count(*), min(_row_number), max(_row_number),
            count(*) filter (user_id <> left(parse_filename(_file_name, true), 1) || '-' || _row_number)
        from raw.users group by all order by all
    """) == [("users/1.jsonl", rows, 1, rows, 0), ("users/2.jsonl", rows, 1, rows, 0)]


GOOD = b'{"user_id": "u1", "account_id": "a1"}\n'


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (GOOD + b"\n" + b'{"user_id": "u2",\n', ["users.jsonl, line 3, column 18", "one JSON object"]),
        (GOOD + b'{"user_id": "u2"} {"user_id": "u3"}\n', ["users.jsonl, line 2, column 19: Extra data"]),
        (GOOD + b'{"user_id": "u2"', ["users.jsonl, line 2, column"]),
        (GOOD + b'["u2", "a2"]\n', ["users.jsonl, line 2 is another JSON value"]),
        (GOOD + b"null\n", ["users.jsonl, line 2 is another JSON value"]),
        (b"[\n" + GOOD + b"]\n", ["users.jsonl, line 1 begins an array", "without brackets around"]),
        (GOOD + '{"user_id": "名"}'.encode("cp932"), ["users.jsonl, line 2: byte 0x96 is not UTF-8"]),
        (b'{"User_ID": "u1", "account_id": "a1"}\n', ["no column user_id", "Did you mean User_ID?"]),
        (b'{"user_id": "u1"}\n', ["users.jsonl has no column account_id, which users needs"]),
    ],
    ids=[
        "object over two lines",
        "two objects in a line",
        "cut off",
        "array in a line",
        "null in a line",
        "one array around all",
        "not UTF-8",
        "key misspelt",
        "key missing",
    ],
)
def test_a_file_that_cannot_be_read_stops(folder: Folder, content: bytes, parts: list[str]) -> None:
    folder.write("users.jsonl", content)
    message = folder.refused()
    for part in parts:
        assert part in message
