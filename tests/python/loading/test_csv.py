"""CSV files: every value arrives as it was written, or loading stops and says where and why."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.loading import LoadError
from orchestration.loading.contract import Column, Table
from orchestration.loading.csv_files import LONGEST_ROW, insert_csv, inspect_csv
from orchestration.loading.files import RawFile

from ..support.raw_folder import REQUIRED, Folder, folder_with

USERS = "select user_id, account_id, role, _file_name, _row_number from raw.users order by 4, 5"


def users(folder: Folder, content: str | bytes, csv_encoding: str = "utf-8") -> list[tuple[object, ...]]:
    """The landed rows of a file `users.csv`."""
    folder.write("users.csv", content)
    folder.land(csv_encoding)
    return folder.query(USERS)


def test_values_stay_text_and_empty_ones_are_null(folder: Folder) -> None:
    assert users(folder, 'user_id,account_id,role\n007,1e3,\nNULL,"", x \n') == [
        ("007", "1e3", None, "users.csv", 1),
        ("NULL", None, " x ", "users.csv", 2),
    ]


def test_columns_may_come_in_any_order_and_optional_ones_may_be_missing(folder: Folder) -> None:
    assert users(folder, "account_id,user_id\na1,u1\n") == [("u1", "a1", None, "users.csv", 1)]
    assert folder.query("select created_at from raw.users") == [(None,)]


def test_header_names_are_stripped_but_compared_letter_by_letter(folder: Folder) -> None:
    assert users(folder, " user_id , account_id,Role\nu1,a1,x\n") == [("u1", "a1", None, "users.csv", 1)]
    assert folder.query("select unknown_columns from raw.loaded_tables where table_name = 'users'") == [
        ("Role",)
    ]


def test_columns_that_the_contract_does_not_name_are_reported_once_in_order(folder: Folder) -> None:
    folder.write("users/1.csv", "zeta,user_id,account_id,beta\n1,u1,a1,2\n")
    folder.write("users/2.csv", "user_id,zeta,account_id,\nu2,1,a2,\n")
    loaded = {table.name: table for table in folder.land().tables}["users"]
    assert loaded.unknown_columns == ("(column 4)", "beta", "zeta")
    assert folder.query("select unknown_columns from raw.loaded_tables where table_name = 'users'") == [
        ("(column 4), beta, zeta",)
    ]


def test_files_of_one_table_may_have_different_columns(folder: Folder) -> None:
    folder.write("users/1.csv", "user_id,account_id\nu1,a1\n")
    folder.write("users/2.csv", "role,account_id,user_id\nadmin,a2,u2\nviewer,a2,u3\n")
    folder.land()
    assert folder.query(USERS) == [
        ("u1", "a1", None, "users/1.csv", 1),
        ("u2", "a2", "admin", "users/2.csv", 1),
        ("u3", "a2", "viewer", "users/2.csv", 2),
    ]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without mark", "with mark"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("last", ["", "end"], ids=["open end", "closed end"])
def test_byte_order_mark_and_line_endings(folder: Folder, mark: bytes, ending: str, last: str) -> None:
    lines = ["user_id,account_id,role", 'u1,a1,"two\nlines"', "", "u2,a2,名前"]
    content = mark + (ending.join(lines) + (ending if last else "")).encode()
    assert users(folder, content) == [
        ("u1", "a1", "two\nlines", "users.csv", 1),
        ("u2", "a2", "名前", "users.csv", 2),
    ]


def test_mixed_line_endings_are_read(folder: Folder) -> None:
    assert [row[0] for row in users(folder, "user_id,account_id\r\nu1,a1\nu2,a2\r\nu3,a3\n")] == [
        "u1",
        "u2",
        "u3",
    ]
    assert [row[2] for row in users(folder, 'user_id,account_id,role\nu1,a1,"x\ny"\r\nu2,a2,\n')] == [
        "x\ny",
        None,
    ]


def test_quotes_inside_values(folder: Folder) -> None:
    content = 'user_id,account_id,role\nu1,a1,"says ""hi"", twice"\nu2,a2,5" disk\nu3, "a3,x\n'
    assert [row[:3] for row in users(folder, content)] == [
        ("u1", "a1", 'says "hi", twice'),
        ("u2", "a2", '5" disk'),
        ("u3", ' "a3', "x"),
    ]


def test_a_header_alone_counts_as_not_supplied(folder: Folder) -> None:
    assert users(folder, "user_id,account_id") == []
    assert folder.query("select files, rows_read from raw.loaded_tables where table_name = 'users'") == [
        (0, 0)
    ]


def test_names_with_special_characters_are_read_as_they_are(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "it's [1] *", REQUIRED)
    folder.write("users/a[b]'*?.csv", "user_id,account_id\nu1,a1\n")
    folder.write_parquet(
        "reviews/r'[1].parquet", "select 'r' review_id, 's' site, date '2024-01-01' posted_at"
    )
    folder.land()
    assert folder.query("select user_id, _file_name from raw.users") == [("u1", "users/a[b]'*?.csv")]
    assert folder.query("select review_id, _file_name from raw.reviews") == [("r", "reviews/r'[1].parquet")]


def test_row_numbers_are_exact_in_large_files(folder: Folder) -> None:
    rows = 300_000
    for part in ("1", "2"):
        lines = "".join(f"{part}-{row},a1,{row:060d}\n" for row in range(1, rows + 1))
        folder.write(f"users/{part}.csv", "user_id,account_id,role\n" + lines)
    assert {table.name: table.rows_read for table in folder.land().tables}["users"] == 2 * rows
    assert folder.query("""
        select _file_name, count(*), min(_row_number), max(_row_number),
            count(*) filter (user_id <> left(parse_filename(_file_name, true), 1) || '-' || _row_number)
        from raw.users group by all order by all
    """) == [("users/1.csv", rows, 1, rows, 0), ("users/2.csv", rows, 1, rows, 0)]


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["commas", "semicolons", "tabs"])
def test_what_separates_columns_is_found_out(folder: Folder, separator: str) -> None:
    lines = [["user_id", "account_id", "role"], ["u1", "a1", '"x, y; z\tw"'], ["u2", "a2", ""]]
    assert users(folder, "\n".join(separator.join(line) for line in lines)) == [
        ("u1", "a1", "x, y; z\tw", "users.csv", 1),
        ("u2", "a2", None, "users.csv", 2),
    ]


def test_a_row_that_is_too_wide_stops_with_what_separates_it(folder: Folder) -> None:
    folder.write("users.csv", "user_id;account_id\nu1;a1;x\n")
    assert "users.csv, line 2: 3 values where the header has 2 columns. Put a value with a semicolon" in (
        folder.refused()
    )


# ---------- encodings


def test_japanese_spreadsheets_are_read_where_the_setting_says_so(folder: Folder) -> None:
    content = "user_id,account_id,role\r\nu1,a1,髙橋 ソ表\r\n".encode("cp932")
    assert users(folder, content, csv_encoding="cp932")[0][2] == "髙橋 ソ表"


def test_a_byte_order_mark_outweighs_the_setting(folder: Folder) -> None:
    content = b"\xef\xbb\xbf" + "user_id,account_id,role\nu1,a1,名前\n".encode()
    assert users(folder, content, csv_encoding="cp932")[0][2] == "名前"


def test_utf_16_is_read_where_the_setting_says_so(folder: Folder) -> None:
    for name, content in REQUIRED.items():
        folder.write(name, content.encode("utf-16"))
    content = "user_id,account_id,role\nu1,a1,名前\n".encode("utf-16")
    assert users(folder, content, csv_encoding="utf-16")[0][2] == "名前"


def test_no_copy_of_another_encoding_stays(folder: Folder) -> None:
    users(folder, "user_id,account_id,role\nu1,a1,名\n".encode("cp932"), csv_encoding="cp932")
    assert [path.name for path in folder.settings().build_path.parent.iterdir()] == ["cs_kpi.duckdb"]


def test_each_file_has_an_encoding_of_its_own_that_is_found_out(folder: Folder) -> None:
    text = "user_id,account_id,role\nu1,a1,顧客管理\n"
    for place, encoding in enumerate(["utf-8", "utf-8-sig", "cp932", "utf-16"]):
        folder.write(f"users/{place}.csv", text.encode(encoding))
    folder.land()
    assert folder.query("select distinct role from raw.users") == [("顧客管理",)]


def test_cp932_in_place_of_utf_8_stops_where_the_setting_says_utf_8(folder: Folder) -> None:
    folder.write("users.csv", "user_id,account_id,role\nu1,a1,x\nu2,a2,名前\n".encode("cp932"))
    message = folder.refused("utf-8")
    assert "users.csv, line 3: byte 0x96 is not UTF-8" in message
    assert "Remove CSKPI_CSV_ENCODING, so that its own encoding is found out" in message


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Société Générale, était là", "cp1252"),
        ("Größe", "latin-1"),
        ("顧客管理表の名前", "euc-jp"),
        ("Привет, мир", "cp1251"),
        ("客户管理系统", "gbk"),
        ("名", "cp932"),
    ],
)
def test_an_encoding_that_is_not_certain_is_asked_for(folder: Folder, text: str, encoding: str) -> None:
    folder.write("users.csv", f'user_id,account_id,role\nu1,a1,"{text}"\n'.encode(encoding))
    message = folder.refused()
    assert message.startswith("users.csv, line 2: byte 0x")
    assert "is not UTF-8, and no other encoding is certain. Say which it is: `encoding`" in message
    assert "cp932 in Japan, cp1252 in Western Europe" in message


def test_utf_8_with_a_broken_place_is_not_taken_for_cp932(folder: Folder) -> None:
    folder.write("users.csv", "user_id,account_id,role\nu1,a1,顧客管理表".encode()[:-1])
    assert "users.csv, line 2: the file ends inside a character" in folder.refused()


def test_other_bytes_stop_with_the_line_far_into_the_file(folder: Folder) -> None:
    before = "user_id,account_id,role\n" + "u1,a1,x\n" * 300_000
    folder.write("users.csv", before.encode() + "u2,a2,\xe9,\n".encode("cp1252"))
    assert "users.csv, line 300002: byte 0xe9 is not UTF-8" in folder.refused()


def test_utf_8_in_place_of_cp932_is_recognised(folder: Folder) -> None:
    folder.write("users.csv", "user_id,account_id,role\nu1,a1,✓\n")
    message = folder.refused(csv_encoding="cp932")
    assert "users.csv, line 2: byte 0x93 is not cp932 (CSKPI_CSV_ENCODING)" in message
    assert "It is UTF-8: remove CSKPI_CSV_ENCODING" in message


def test_a_character_cut_off_at_the_end_stops(folder: Folder) -> None:
    folder.write("users.csv", "user_id,account_id\nu1,名".encode()[:-1])
    assert "users.csv, line 2: the file ends inside a character: it is cut off" in folder.refused()


# ---------- what stops


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("", ["users.csv is empty: a header line was expected"]),
        ("\ufeff\n\n", ["users.csv is empty: a header line was expected"]),
        ("\nuser_id,account_id\n", ["users.csv, line 1 is blank: a header line was expected"]),
        ("user_id,account_id,user_id \n", ["users.csv has the column user_id more than once"]),
        ('user_id,"account_id\nu1,a1\n', ["users.csv, line 1", "not closed"]),
        ("id,account_id\nu1,a1\n", ["users.csv has no column user_id", "Its columns: id, account_id"]),
        ("User ID,account_id\nu1,a1\n", ["users.csv has no column user_id", "Did you mean User ID?"]),
        ("user_id|account_id\nu1|a1\n", ["users.csv separates its columns by bars: save it with commas"]),
        ('user_id;role\n"u1";"1,5"\n', ["users.csv has no column account_id"]),
    ],
    ids=[
        "no bytes",
        "blank lines only",
        "first line blank",
        "column twice",
        "quote open in the header",
        "column missing",
        "column misspelt",
        "bars",
        "semicolons and a column missing",
    ],
)
def test_a_header_that_cannot_be_used_stops(folder: Folder, content: str, parts: list[str]) -> None:
    folder.write("users.csv", content)
    message = folder.refused()
    for part in parts:
        assert part in message


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        ("u1,a1,x\nu2,a2\n", ["line 3: 2 values where the header has 3 columns"]),
        ("u1,a1,x\n\nu2,a2,x,y\n", ["line 4: 4 values where the header has 3 columns", "in quotes"]),
        ("u1,hello, world,\n", ["line 2: 4 values where the header has 3 columns"]),
        ('u1,a1,"x\ny"\nu2,a2\n', ["line 4: 2 values where the header has 3 columns"]),
        ("u1\n", ["line 2: 1 value where the header has 3 columns"]),
        ('u1,a1,x\nu2,a2,"x\nu3,a3,x\n', ["line 3", "not closed", "write a quote inside it twice"]),
        ('u1,a1,x\nu2,a2,"x\nu3,a3,x\nu4,a4,"y"\n', ["line 3", "not closed"]),
        ('u1,a1,"x"y\n', ["line 2", "not closed right before a comma or a line end"]),
        ('u1,a1,"x\n' + "u2,a2,x\n" * 300_000, ["line 2", "longer than 2,000,000 characters"]),
        (f"u1,a1,{'x' * 9_000_000}\n", ["line 2", "longer than 2,000,000 characters"]),
    ],
    ids=[
        "too few",
        "too many",
        "too many, the last one empty",
        "after a line break in quotes",
        "single value",
        "open to the end of the file",
        "open to the next quote",
        "text after the closing quote",
        "open over many rows",
        "endless value",
    ],
)
def test_a_row_that_cannot_be_read_stops_with_its_line(folder: Folder, rows: str, parts: list[str]) -> None:
    folder.write("users.csv", "user_id,account_id,role\n" + rows)
    message = folder.refused()
    assert message.startswith("users.csv, ")
    for part in parts:
        assert part in message


def test_a_broken_row_in_another_encoding_stops_with_its_line(folder: Folder) -> None:
    folder.write("users.csv", "user_id,account_id,role\nu1,a1,名\nu2,名\n".encode("cp932"))
    assert "users.csv, line 3: 2 values" in folder.refused(csv_encoding="cp932")


def test_the_problems_of_several_files_are_reported_together(folder: Folder) -> None:
    folder.write("users.csv", "account_id\na1\n")
    folder.write("reviews.csv", "review_id\nr1\n")
    folder.write("leads.csv", "")
    folder.write("contracts.csv", "contract_id\n\xff".encode("latin-1"))
    lines = folder.refused().splitlines()
    assert [line.split(",")[0].split(" has")[0].split(" is")[0] for line in lines] == [
        "users.csv",
        "contracts.csv",
        "reviews.csv",
        "reviews.csv",
        "leads.csv",
    ]


def test_broken_rows_of_several_files_are_reported_together(folder: Folder) -> None:
    folder.write("users/1.csv", "user_id,account_id\nu1\n")
    folder.write("users/2.csv", "user_id,account_id\nu1,a1\n")
    folder.write("users/3.csv", "user_id,account_id\nu1,a1,x\n")
    lines = folder.refused().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["users/1.csv, line 2", "users/3.csv, line 2"]


# ---------- any content

PIECES = st.sampled_from(
    ["a", "名", " ", '"', ",", "\n", "\r\n", "\r", "\t", ";", "\\", "'", "#", "0", ' "', '""']
)
VALUES = st.lists(PIECES, max_size=4).map("".join)


TABLE = Table(
    "t", "", False, ("a",), tuple(Column(name=name, data_type="varchar") for name in ("a", "b", "c"))
)
HEADER = "a,b,c"


def landed(folder: Path, text: str) -> list[tuple[object, ...]] | None:
    """The rows of one file in memory, or None where it is refused."""
    path = folder / "t.csv"
    path.write_bytes(text.encode())
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.t (a varchar, b varchar, c varchar, f varchar, n bigint)")
        try:
            csv_file = inspect_csv(TABLE, RawFile("t.csv", path, ".csv"), "utf-8")
            insert_csv(connection, TABLE, csv_file, folder / "copy")
        except (LoadError, duckdb.InvalidInputException):
            return None
        return connection.execute("select a, b, c from raw.t order by n").fetchall()


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=6),
    ending=st.sampled_from(["\n", "\r", "\r\n"]),
)
def test_whatever_a_csv_writer_writes_arrives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], ending: str
) -> None:
    text = io.StringIO()
    # A writer leaves a line break unquoted that is not a part of its own line ending.
    quoting = csv.QUOTE_MINIMAL if ending == "\r\n" else csv.QUOTE_ALL
    csv.writer(text, lineterminator=ending, quoting=quoting).writerows([HEADER.split(","), *rows])
    folder = tmp_path_factory.getbasetemp()
    assert landed(folder, text.getvalue()) == [tuple(value or None for value in row) for row in rows]


@settings(max_examples=50, deadline=None)
@given(pieces=st.lists(PIECES, max_size=30))
def test_any_other_text_arrives_as_python_reads_it_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    text = f"{HEADER}\n{''.join(pieces)}"
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row][1:]
    except csv.Error:
        rows = [[]]
    is_sound = all(len(row) == 3 for row in rows)
    expected = [tuple(value or None for value in row) for row in rows] if is_sound else None
    assert landed(tmp_path_factory.getbasetemp(), text) == expected


def test_the_csv_module_keeps_its_own_limit(folder: Folder) -> None:
    before = csv.field_size_limit()
    users(folder, f'user_id,account_id,role\nu1,a1,"{"x" * 200_000}"\n')
    folder.write("users.csv", 'user_id,account_id\nu1,"\n')
    folder.refused()
    assert csv.field_size_limit() == before < LONGEST_ROW


def test_utf_16_without_its_mark_is_refused_with_a_sentence(folder: Folder) -> None:
    folder.write("users.csv", "user_id,account_id\nu1,a1\n".encode("utf-16-le"))
    for name, text in REQUIRED.items():
        folder.write(name, text.encode("utf-8-sig"))
    assert folder.refused("utf-16").startswith("users.csv is not utf-16 (CSKPI_CSV_ENCODING)")
