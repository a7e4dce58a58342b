"""Spellings that people have besides those of the contract, and those that are never guessed."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile

import pytest

from ..support.raw_folder import Folder
from ..support.workbooks import workbook

ITEMS = "subscription_item_id,subscription_id,account_id,plan_id,unit_price,billing_interval,valid_from"


def landed_item(
    folder: Folder, price: str, interval: str = "month", valid_from: str = "2024-01-01"
) -> list[tuple[object, ...]]:
    folder.write("subscription_items.csv", f'{ITEMS}\ni1,s1,a1,p1,"{price}",{interval},{valid_from}\n')
    folder.land()
    return folder.query("select unit_price, billing_interval, valid_from from raw.subscription_items")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("2024/1/5", "2024-01-05"),
        ("2024/1/5 9:05", "2024-01-05T09:05"),
        ("2024-1-5 19:05:30", "2024-01-05T19:05:30"),
        ("2024年1月5日", "2024-01-05"),
        ("2024年12月 5日 9:05", "2024-12-05T09:05"),
        ("２０２４／１／５", "2024-01-05"),  # noqa: RUF001
        ("2024/1/5 9:05+09:00", "2024-01-05T09:05+09:00"),
        ("2024-01-05T09:05:00Z", "2024-01-05T09:05:00Z"),
        ("05/01/2024", "05/01/2024"),
        ("2024/1-5", "2024/1-5"),
        ("45296", "45296"),
    ],
)
def test_dates_whose_year_comes_first_become_iso_8601(folder: Folder, written: str, plain: str) -> None:
    assert landed_item(folder, "1", valid_from=written)[0][2] == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("10,000", "10000"),
        ("¥10,000", "10000"),
        ("10,000円", "10000"),
        ("\\10,000", "10000"),
        ("￥１０，０００", "10000"),  # noqa: RUF001
        ("1,234,567.50", "1234567.50"),
        ("1,5", "1,5"),
        ("1,50", "1,50"),
        ("0,123", "0,123"),
        ("12,34,567", "12,34,567"),
        ("1.000,50", "1.000,50"),
        ("$5", "$5"),
    ],
)
def test_commas_mark_thousands_throughout_or_are_left_alone(folder: Folder, written: str, plain: str) -> None:
    assert landed_item(folder, written)[0][0] == plain


def test_a_comma_that_may_mark_decimals_is_never_taken_for_thousands(folder: Folder) -> None:
    rows = 'i1,s1,a1,p1,"1,500",month,2024-01-01\ni2,s1,a1,p1,"1,5",month,2024-01-01\n'
    folder.write("subscription_items.csv", f"{ITEMS}\n{rows}")
    folder.land()
    assert folder.query("select unit_price from raw.subscription_items order by 1") == [("1,5",), ("1,500",)]


def test_in_a_file_with_semicolons_no_comma_marks_thousands(folder: Folder) -> None:
    folder.write(
        "subscription_items.csv",
        f"{ITEMS}\ni1,s1,a1,p1,1,500,month,2024-01-01".replace(",", ";").replace("1;500", "1,500"),
    )
    folder.land()
    assert folder.query("select unit_price from raw.subscription_items") == [("1,500",)]


def test_allowed_values_are_read_whatever_their_case(folder: Folder) -> None:
    assert landed_item(folder, "1", interval=" MONTH")[0][1] == "month"
    assert landed_item(folder, "1", interval="Fortnight")[0][1] == "Fortnight"


@pytest.mark.parametrize(
    "name", ["users.csv.gz", "users.CSV.GZ", "users.csv.zip", "users.zip", "users.jsonl.gz", "users.tsv"]
)
def test_packed_files_and_other_endings(folder: Folder, name: str) -> None:
    text = "user_id,account_id\nu1,a1\n"
    if "jsonl" in name:
        text = '\ufeff{"user_id": "u1", "account_id": "a1"}\n'
    body = text.replace(",", "\t").encode() if name.endswith(".tsv") else text.encode()
    if name.casefold().endswith(".gz"):
        body = gzip.compress(body)
    if name.endswith(".zip"):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("export/people.csv", body)
            archive.writestr("__MACOSX/export/._people.csv", b"x")
        body = target.getvalue()
    folder.write(name, body)
    folder.land()
    assert folder.query("select user_id, account_id, _file_name, _row_number from raw.users") == [
        ("u1", "a1", name, 1)
    ]


def test_an_archive_of_several_files_stops(folder: Folder) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.csv", "user_id,account_id\n")
        archive.writestr("b.csv", "user_id,account_id\n")
    folder.write("users.zip", target.getvalue())
    assert folder.refused() == "users.zip holds 2 files; expected one. Unpack it: one file a table."


def test_a_sheet_of_excel_is_a_table(folder: Folder) -> None:
    moment = dt.datetime(2024, 1, 5, 9, 5)
    rows = [
        [],
        ["user_id", "account_id", "role", "created_at"],
        ["u1", "a1", 12, moment],
        [None] * 4,
        ["u2", "a2", 1.5, moment.date()],
    ]
    folder.write("users.xlsx", workbook({"people": rows, "empty": []}))
    folder.land()
    assert folder.query("select user_id, role, created_at, _row_number from raw.users order by 1") == [
        ("u1", "12", "2024-01-05T09:05:00", 1),
        ("u2", "1.5", "2024-01-05", 2),
    ]


def test_of_several_sheets_the_one_named_like_the_table_is_read(folder: Folder) -> None:
    table = [["user_id", "account_id"], ["u1", "a1"]]
    folder.write("users.xlsx", workbook({"notes": [["x"]], "users": table}))
    folder.land()
    assert folder.query("select user_id from raw.users") == [("u1",)]
    folder.write("users.xlsx", workbook({"notes": [["x"]], "people": table}))
    assert folder.refused() == (
        "users.xlsx has 2 sheets (notes, people): say which is meant under `sheet` of users in mapping.yml, "
        "or save that sheet alone."
    )


def test_a_row_of_a_sheet_that_is_wider_than_its_header_stops(folder: Folder) -> None:
    folder.write("users.xlsx", workbook({"s": [["user_id", "account_id"], ["u1", "a1", "x"]]}))
    assert "users.xlsx, line 2: 3 values where the header has 2 columns" in folder.refused()
