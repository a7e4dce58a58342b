"""mapping.yml makes files that people have into tables of the contract, or says in which line it is wrong."""

from __future__ import annotations

import gzip
import re

import pytest

from ..support.raw_folder import Folder
from ..support.workbooks import workbook

ITEMS = """
tables:
  subscription_items:
    files: 契約*.csv
    columns:
      {subscription_item_id: 明細, subscription_id: 契約, account_id: 顧客, unit_price: 料金,
      valid_from: 開始}
    constants: {plan_id: p1, currency: JPY}
    billing: 単位
"""
HEADER = "明細,契約,顧客,料金,開始,単位\n"


def mapped(
    folder: Folder, mapping: str, rows: str, columns: str, encoding: str = "utf-8"
) -> list[tuple[object, ...]]:
    """The landed rows of 契約.csv under a mapping."""
    (folder.raw_dir / "subscription_items.csv").unlink(missing_ok=True)
    folder.write("契約.csv", (HEADER + rows).encode(encoding))
    folder.write("mapping.yml", mapping)
    folder.land()
    return folder.query(f"select {columns} from raw.subscription_items order by _file_name, _row_number")


def test_files_columns_constants_and_billing_in_words(folder: Folder) -> None:
    # In cp932 the yen sign is what is a backslash elsewhere.
    rows = (
        'i1,s1,a1,"\\10,000",2024/1/5,月額\n'
        "i2,s2,a2,120000,2024年4月1日,年払い\n"
        "i3,s3,a1,5,2024-01-01,3ヶ月\n"
    )
    columns = (
        "subscription_item_id, plan_id, unit_price, currency, billing_interval, billing_interval_count, "
        "valid_from, _file_name, _row_number"
    )
    assert mapped(folder, ITEMS, rows, columns, "cp932") == [
        ("i1", "p1", "10000", "JPY", "month", "1", "2024-01-05", "契約.csv", 1),
        ("i2", "p1", "120000", "JPY", "year", "1", "2024-04-01", "契約.csv", 2),
        ("i3", "p1", "5", "JPY", "month", "3", "2024-01-01", "契約.csv", 3),
    ]


def test_words_of_billing_that_nobody_knows_stay_for_the_contract_to_refuse(folder: Folder) -> None:
    assert mapped(folder, ITEMS, "i1,s1,a1,1,2024-01-01,いつか\n", "billing_interval") == [("いつか",)]


def test_values_are_translated_whatever_their_case_and_width(folder: Folder) -> None:
    mapping = ITEMS.replace(
        "    billing: 単位", "    values: {billing_interval: {\uff2d: month, 1: year}}"
    ).replace("valid_from: 開始", "valid_from: 開始, billing_interval: 単位")
    rows = "i1,s1,a1,1,2024-01-01, m\ni2,s1,a1,1,2024-01-01,1\ni3,s1,a1,1,2024-01-01,week\n"
    assert mapped(folder, mapping, rows, "billing_interval") == [("month",), ("year",), ("week",)]


@pytest.mark.parametrize(
    ("order", "written", "landed"),
    [
        ("DD/MM/YYYY", "05/01/2024", "2024-01-05"),
        ("MM/DD/YYYY", "05/01/2024", "2024-05-01"),
        ("MM/DD/YYYY", "5/1/2024 9:05 PM", "2024-05-01T12:05:00Z"),
        ("DD.MM.YYYY", "05.01.2024 09:05", "2024-01-05T00:05:00Z"),
        ("DD.MM.YYYY", "05.01.2024 09:05:00Z", "2024-01-05T09:05:00Z"),
        ("YYYYMMDD", "20240105", "2024-01-05"),
        ("DD/MM/YYYY", "2024/1/5 9:05", "2024-01-05T00:05:00Z"),
        ("DD/MM/YYYY", "13/13/2024", "13/13/2024"),
    ],
)
def test_other_orders_of_dates_and_the_zone_of_times(
    folder: Folder, order: str, written: str, landed: str
) -> None:
    mapping = f"{ITEMS}    dates: {order}\n    timezone: Asia/Tokyo\n"
    assert mapped(folder, mapping, f"i1,s1,a1,1,{written},月\n", "valid_from") == [(landed,)]


@pytest.mark.parametrize(
    ("marks", "written", "landed"),
    [
        ("decimal_mark: ','", "1,5", "1.5"),
        ("decimal_mark: ','\n    thousands_mark: '.'", "1.500,25", "1500.25"),
        ("decimal_mark: ','\n    thousands_mark: '.'", "1.500", "1500"),
        ("decimal_mark: ','", "1.5", "1.5 (decimal mark ,)"),
        ("thousands_mark: ' '", "1 500", "1500"),
        ("minor_units: unit_price", "150050", "150050"),
        ("tax: {columns: unit_price, rate: 0.1}", "11000", "10000"),
        ("tax: {columns: unit_price, rate: 0.1}", "100", "90.90909091"),
    ],
)
def test_marks_minor_units_and_tax(folder: Folder, marks: str, written: str, landed: str) -> None:
    assert mapped(folder, f"{ITEMS}    {marks}\n", f'i1,s1,a1,"{written}",2024-01-01,月\n', "unit_price") == [
        (landed,)
    ]


def test_minor_units_follow_the_currency(folder: Folder) -> None:
    mapping = ITEMS.replace("currency: JPY", "status: active").replace("開始}", "開始, currency: 通貨}")
    mapping = (
        f"{mapping}    minor_units: [unit_price]\n    tax: {{columns: [unit_price], rate_column: 税率}}\n"
    )
    (folder.raw_dir / "subscription_items.csv").unlink()
    folder.write("mapping.yml", mapping)
    folder.write(
        "契約.csv",
        "明細,契約,顧客,料金,開始,単位,通貨,税率\n"
        "i1,s,a1,1100,2024-01-01,月,USD,10%\ni2,s,a1,1100,2024-01-01,月,,0.1\ni3,s,a1,1100,2024-01-01,月,KWD,\n",
    )
    folder.land()
    assert folder.query("select unit_price from raw.subscription_items order by _row_number") == [
        ("10",),
        ("1000",),
        ("1.100 (tax rate missing)",),
    ]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (
            "tables:\n  accounts: {colums: {}}",
            "mapping.yml, line 2: the key colums is not known; did you mean columns?",
        ),
        (
            "tables:\n  acounts: {}",
            "mapping.yml, line 2: the contract has no table acounts; did you mean accounts?",
        ),
        (
            "tables:\n  accounts:\n    columns:\n      acount_id: 顧客",
            "mapping.yml, line 4: accounts has no column acount_id; did you mean account_id?",
        ),
        (
            "tables:\n  accounts:\n    dates: d.m.Y",
            "mapping.yml, line 3: dates is 'd.m.Y'; expected one of YYYY/MM/DD, DD/MM/YYYY, MM/DD/YYYY, "
            "DD.MM.YYYY, DD-MM-YYYY, YYYYMMDD. A time of day may follow.",
        ),
        (
            "tables:\n  accounts:\n    timezone: JST",
            "mapping.yml, line 3: timezone is 'JST'; expected an IANA name such as Asia/Tokyo.",
        ),
        (
            "tables:\n  accounts:\n    delimiter: ;",
            "mapping.yml, line 3: delimiter is ';'; expected 'comma', 'semicolon', 'tab' or 'bar'.",
        ),
        (
            "tables:\n  accounts:\n    encoding: sjiss",
            "mapping.yml, line 3: encoding is 'sjiss'; expected one such as utf-8, cp932 or cp1252.",
        ),
        (
            "tables:\n  plans:\n    minor_units: [plan_name]",
            "mapping.yml, line 3: plan_name is no amount; leave it out of minor_units.",
        ),
        (
            "tables:\n  subscription_items:\n    tax: {columns: [unit_price]}",
            "mapping.yml, line 3: tax needs rate or rate_column, and not both.",
        ),
        (
            "tables:\n  plans:\n    account_system: stripe",
            "mapping.yml, line 3: account_system is of tables whose rows name accounts, and plans is none of "
            "them; leave it out.",
        ),
        (
            "tables:\n  accounts:\n    sheet: a\n    sheet: b",
            "mapping.yml, line 3: the key sheet stands there twice; keep one of them.",
        ),
        (
            "tables: [",
            "mapping.yml, line 1 is no YAML: expected the node content, but found '<stream end>'. "
            "Correct it there.",
        ),
        ("tables", "mapping.yml has no keys; expected `tables` or `customer_sheet` at its top."),
        (
            "tables:\n  accounts:\n    files: [顧客.csv]",
            "mapping.yml names 顧客.csv for accounts, and no file of the raw folder is called so.",
        ),
        (
            "tables:\n  accounts:\n    columns: {account_name: 名前}",
            "accounts.csv has no column 名前, which mapping.yml, line 3, names. "
            "Its columns: account_id, account_name.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(folder: Folder, mapping: str, said: str) -> None:
    folder.write("mapping.yml", mapping)
    assert folder.refused() == said


def test_a_required_column_that_nothing_gives_is_missing(folder: Folder) -> None:
    folder.write("mapping.yml", re.sub(r",\s+valid_from: 開始", "", ITEMS))
    (folder.raw_dir / "subscription_items.csv").unlink()
    folder.write("契約.csv", HEADER)
    assert "契約.csv has no column valid_from, which subscription_items needs." in folder.refused()


@pytest.mark.parametrize("packed", [False, True])
def test_json_lines_are_mapped_too(folder: Folder, packed: bool) -> None:
    lines = (
        '\ufeff{"id": "u1", "Account": "a1", "level": 3, "since": "2024/1/5"}\n\n'
        '{"id": 2, "Account": "a2", "level": null, "nested": {"a": [1]}}\n'
    ).encode()
    folder.write("people.jsonl.gz" if packed else "people.jsonl", gzip.compress(lines) if packed else lines)
    folder.write(
        "mapping.yml",
        "tables:\n  users:\n    files: people*\n    columns: {user_id: id, account_id: Account, "
        "champion_level: level, created_at: since}\n    constants: {role: admin}\n",
    )
    result = folder.land()
    assert folder.query(
        "select user_id, account_id, champion_level, created_at, role, _row_number "
        "from raw.users order by all"
    ) == [("2", "a2", None, None, "admin", 2), ("u1", "a1", "3", "2024-01-05", "admin", 1)]
    assert next(table.unknown_columns for table in result.tables if table.name == "users") == ("nested",)


def test_parquet_is_mapped_too_and_keeps_its_types_without_a_mapping(folder: Folder) -> None:
    people = (
        "select 7 as id, 'a1' as account_id, timestamptz '2024-01-05 09:00:00+09' as since, true as x "
        "union all select 8, 'a1', null, null"
    )
    folder.write_parquet("people.parquet", people)
    folder.write(
        "mapping.yml",
        "tables:\n  users:\n    files: people.parquet\n    columns: {user_id: id, created_at: since}\n",
    )
    folder.land()
    assert folder.query("select user_id, created_at, _file_name, _row_number from raw.users order by 1") == [
        ("7", "2024-01-05 00:00:00", "people.parquet", 1),
        ("8", None, "people.parquet", 2),
    ]
    folder.write_parquet("people.parquet", "select 7 as user_id, 'a1' as account_id")
    folder.write("mapping.yml", "tables: {users: {files: people.parquet}}\n")
    folder.land()
    assert folder.query("select user_id, _file_name from raw.users") == [(7, "people.parquet")]


def test_a_column_that_no_object_has_is_said(folder: Folder) -> None:
    folder.write("people.jsonl", '{"id": "u1", "account_id": "a1"}\n')
    folder.write("mapping.yml", "tables:\n  users:\n    files: people.jsonl\n    columns: {user_id: uid}\n")
    assert folder.refused() == (
        "people.jsonl has no column uid, which mapping.yml, line 4, names. Its columns: account_id, id."
    )


# ---------- the customer sheet

SHEET = """
customer_sheet:
  files: 顧客管理表.xlsx
  columns: {account_id: 顧客ID, account_name: 会社名}
  currency: JPY
"""
MONTHS = ["顧客ID", "会社名", "備考", "2025/04", "2025/05", "2025/06", "2025/07"]


def sheet_only(folder: Folder, mapping: str, rows: list[list[str | int | float | None]]) -> None:
    for path in folder.raw_dir.iterdir():
        path.unlink()
    folder.write("mapping.yml", mapping)
    folder.write("顧客管理表.xlsx", workbook({"管理表": rows}))


def test_a_customer_sheet_becomes_accounts_a_plan_and_versions(folder: Folder) -> None:
    rows: list[list[str | int | float | None]] = [
        [*MONTHS],
        ["c1", "東京商店", "大口", 10000, 10000, 12000, 12000],
        ["c2", "大阪", None, None, 5000, "解約", None],
        ["c3", "名古屋", None, 0, "3,000", 3000, "¥3,000"],
    ]
    sheet_only(folder, f"{SHEET}  blank: ended\n  values: {{解約: ended}}\n", rows)
    folder.land()
    assert folder.query("select account_id, account_name, _row_number from raw.accounts order by 1") == [
        ("c1", "東京商店", 1),
        ("c2", "大阪", 2),
        ("c3", "名古屋", 3),
    ]
    assert folder.query("select plan_id, product_id from raw.plans") == [("standard", "product")]
    items = "subscription_item_id, unit_price, valid_from, valid_to, _file_name, _row_number"
    assert folder.query(f"select {items} from raw.subscription_items order by 1, 3") == [
        ("c1:standard", "10000", "2025-04-01", "2025-06-01", "顧客管理表.xlsx [2025-04]", 1),
        ("c1:standard", "12000", "2025-06-01", None, "顧客管理表.xlsx [2025-06]", 1),
        ("c2:standard", "5000", "2025-05-01", "2025-06-01", "顧客管理表.xlsx [2025-05]", 2),
        ("c3:standard", "0", "2025-04-01", "2025-05-01", "顧客管理表.xlsx [2025-04]", 3),
        ("c3:standard", "3000", "2025-05-01", None, "顧客管理表.xlsx [2025-05]", 3),
    ]
    assert folder.query("select distinct unknown_columns from raw.loaded_tables where files > 0") == [
        ("備考",)
    ]


def test_a_blank_of_a_customer_sheet_is_asked_about(folder: Folder) -> None:
    sheet_only(folder, SHEET, [[*MONTHS], ["c1", "x", None, 1, None, "-", 1]])
    assert folder.refused() == (
        "顧客管理表.xlsx: row 1, 2025/05: blank, which is never read as 0. Say what it means under "
        "customer_sheet (mapping.yml, line 2): `blank: ended` where the customer was none any more, "
        "`blank: unchanged` where it paid as in the month before.\n"
        "顧客管理表.xlsx: row 1, 2025/06 (-): no amount. Say what each word means under customer_sheet, "
        "values (mapping.yml, line 2): `ended`, `unchanged` or an amount."
    )


def test_months_without_a_year_begin_in_the_year_of_the_sheet(folder: Folder) -> None:
    rows: list[list[str | int | float | None]] = [
        ["顧客ID", "会社名", "12月", "1月"],
        ["c1", "x", 1100, 2200],
    ]
    sheet_only(folder, SHEET, rows)
    assert folder.refused() == (
        "顧客管理表.xlsx: the heading 12月 has no year. "
        "Add `year` under customer_sheet in mapping.yml: the year of 12月."
    )
    sheet_only(folder, f"{SHEET}  year: 2024\n  tax_rate: 0.1\n", rows)
    folder.land()
    assert folder.query("select valid_from, unit_price from raw.subscription_items order by 1") == [
        ("2024-12-01", "1000"),
        ("2025-01-01", "2000"),
    ]
