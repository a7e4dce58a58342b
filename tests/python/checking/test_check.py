"""`make check` says all that is wrong at once, by the rules of a run, and proposes how to read exports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.checking.check import check
from orchestration.checking.findings import sections
from orchestration.checking.proposal import draft, proposals
from orchestration.checking.report import as_page, as_text
from orchestration.loading import inspect, land, read_contract
from orchestration.loading.mapping import RawMapping
from orchestration.settings import PROJECT_DIR, Settings, load_settings

from ..support.commands import CommandRun, run_command
from ..support.raw_folder import REQUIRED, Folder, folder_with
from ..support.untidy_folder import EDITS, TABLES, write_tidy, write_untidy
from ..support.warehouse import Record, Warehouse, build_order
from ..support.workbooks import workbook

REPORTS = ("load_report", "quarantined_rows", "corrected_values", "kpi_definitions")
ITEMS = "subscription_item_id,subscription_id,account_id,plan_id,unit_price,billing_interval,valid_from"


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return Warehouse(marts=(*REPORTS, *(f"base_{name}" for name in read_contract().table_names)))


def settings_of(raw_dir: Path, folder: Path) -> Settings:
    return load_settings(
        {
            "CSKPI_RAW_DIR": str(raw_dir),
            "CSKPI_WAREHOUSE_DIR": str(folder / "warehouse"),
            "CSKPI_AS_OF_DATE": "2024-06-30",
        }
    )


def built(warehouse: Warehouse, settings: Settings, models: tuple[str, ...]) -> None:
    for key in build_order(warehouse.manifest, models):
        node = warehouse.manifest["nodes"][key]
        if node["resource_type"] == "model":
            warehouse.run(node)


def based(warehouse: Warehouse, settings: Settings) -> dict[str, list[Record]]:
    """The typed rows of every table of TABLES, without the places where they were read."""
    land(settings, warehouse.connection, "run")
    built(warehouse, settings, tuple(f"base_{name}" for name in TABLES))
    return {
        name: sorted(
            (
                {key: value for key, value in row.items() if not key.startswith("_")}
                for row in warehouse.rows(f"base_{name}")
            ),
            key=str,
        )
        for name in TABLES
    }


def test_twelve_untidy_exports_are_read_as_the_tidy_tables_with_one_edit_each_at_most(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    write_tidy(tmp_path / "tidy")
    write_untidy(tmp_path / "untidy")
    settings = settings_of(tmp_path / "untidy", tmp_path)
    proposed = draft(proposals(settings, read_contract(), RawMapping()))
    assert all(proposed.count(line) == 1 for line in EDITS)
    for line, edited in EDITS.items():
        proposed = proposed.replace(line, edited)
    (tmp_path / "untidy" / "mapping.yml").write_text(proposed, encoding="utf-8")
    untidy = based(warehouse, settings)
    assert all(row["row_status"] == "accepted" for rows in untidy.values() for row in rows)
    assert untidy == based(warehouse, settings_of(tmp_path / "tidy", tmp_path))


def spoiled(folder: Folder, name: str, old: str, new: str, encoding: str = "utf-8") -> None:
    path = folder.raw_dir / name
    before = path.read_bytes()
    path.write_bytes(before.replace(old.encode(encoding), new.encode(encoding)))
    assert path.read_bytes() != before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda folder: folder.write("顧客一覧.csv", "顧客ID,会社名\nc1,東京商店\n".encode("euc-jp")),
            "顧客一覧.csv, line 1: byte 0xb8 is not UTF-8, and no other encoding is "
            "certain. Say which it is: "
            "`encoding` of 顧客一覧.csv in mapping.yml, or CSKPI_CSV_ENCODING (cp932 in "
            "Japan, cp1252 in Western "
            "Europe); or save it as UTF-8.",
        ),
        (
            lambda folder: spoiled(folder, "契約明細.csv", ";p2;", ";p2;;"),
            "契約明細.csv, line 3: 11 values where the header has 10 columns. Put a "
            "value with a semicolon or a "
            "line break in quotes.",
        ),
        (
            lambda folder: folder.write("プラン一覧.xlsx", workbook({"A": [["x"]], "B": [["y"]]})),
            "プラン一覧.xlsx has 2 sheets (A, B): say which is meant under `sheet` of "
            "plans in mapping.yml, or "
            "save that sheet alone.",
        ),
        (
            lambda folder: folder.write("プラン一覧.xlsx", "no workbook"),
            "プラン一覧.xlsx is not an Excel workbook. Save it as .xlsx, or as CSV UTF-8.",
        ),
        (
            lambda folder: folder.write(
                "contacts.csv.gz", (folder.raw_dir / "contacts.csv.gz").read_bytes()[:40]
            ),
            "contacts.csv.gz cannot be unpacked (Compressed file ended before the end-of-stream marker was "
            "reached): it is damaged, cut off, or needs a password. Bring it again, or unpack it.",
        ),
        (
            lambda folder: spoiled(folder, "契約明細.csv", "開始日", "開始"),
            "契約明細.csv has no column 開始日, which mapping.yml, line 36, names. "
            "Its columns: 明細ID, 契約番号, "
            "顧客ID, プランID, price, 通貨, 請求単位, Status, 開始, 終了日.",
        ),
        (
            lambda folder: spoiled(folder, "usage.tsv", "login", '"login'),
            "usage.tsv, line 2: a value in quotes that begins in this row is not "
            "closed right before a tab or a "
            "line end. Close it there, and write a quote inside it twice.",
        ),
        (
            lambda folder: folder.write("顧客一覧.csv", "顧客ID,会社名,登録日,国\n"),
            "accounts is required, and 顧客一覧.csv holds a header and no rows: export it again with rows.",
        ),
        (
            lambda folder: (folder.raw_dir / "解約.csv").unlink(),
            "mapping.yml names 解約.csv for cancellations, and no file of the raw folder is called so.",
        ),
        (
            lambda folder: spoiled(folder, "mapping.yml", "minor_units", "minor_unit"),
            "mapping.yml, line 25: the key minor_unit is not known; did you mean minor_units?",
        ),
        (
            lambda folder: folder.write("leads.jsonl", "{}\n"),
            "leads is there more than once (leads.csv, leads.jsonl): move all but one away.",
        ),
    ],
)
def test_every_broken_variant_of_the_exports_stops_with_what_to_do(
    tmp_path: Path, spoil: Callable[[Folder], object], said: str
) -> None:
    folder = Folder(tmp_path)
    write_untidy(folder.raw_dir)
    proposed = draft(proposals(folder.settings(), read_contract(), RawMapping()))
    for line, edited in EDITS.items():
        proposed = proposed.replace(line, edited)
    folder.write("mapping.yml", proposed)
    spoil(folder)
    assert folder.refused() == said


BROKEN_ITEMS = (
    'i1,s1,a1,p1,10.50,month,2024-01-01\ni2,s1,a1,p1,"1,5",month,2024-01-01\n'
    "i3,s1,a9,p1,1,fortnight,05/01/2024\ni4,s1,a1,p1,,month,2024-01-01\n"
)


def test_everything_that_is_wrong_is_said_at_once(warehouse: Warehouse, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, {**REQUIRED, "subscription_items.csv": f"{ITEMS}\n{BROKEN_ITEMS}"})
    folder.write("users.csv", "user_id;account_id;created_at;Team\nu1;a1;never;x\nu2;a7;2024-01-01;x\n")
    folder.write("leads.csv", "lead_id,created_at\n")
    folder.write("notes.txt", "")
    settings = settings_of(folder.raw_dir, tmp_path)
    inspection = inspect(settings)
    loaded = land(settings, warehouse.connection, "run", inspection=inspection)
    built(warehouse, settings, REPORTS)
    contract = read_contract()
    parts = list(
        sections(warehouse.connection, contract, inspection, loaded, warehouse.manifest["parent_map"])
    )
    said = as_text("Checked", [part for part in parts if part.title != "KPIs"])
    supplied = ("accounts", "plans", "subscription_items", "users")
    absent = ", ".join(name for name in contract.table_names if name not in supplied)
    assert (
        said
        == f"""Checked

Read
  Not supplied: {absent}.
  table               files  rows  accepted  repeated  superseded  rejected  values emptied
  accounts            1      2     2         0         0           0         0
  plans               1      1     1         0         0           0         0
  subscription_items  1      4     1         0         0           3         0
  users               1      2     1         0         0           1         1

How files were read
  users.csv: semicolons
  users: columns that the contract does not name: Team.
  leads.csv holds a header and no rows, so it counts as not supplied.
  Not a table of the contract, so not read: notes.txt.

Rejected rows
  subscription_items.account_id, unknown_reference: 1 ("a9" in subscription_items.csv, row 3). Expected an \
id that accounts holds. Add the row to accounts, or correct the id.
  subscription_items.unit_price, missing_required_value: 1 (nothing in subscription_items.csv, row 4). \
Expected a number such as 10.50 or 1,200, at least 0. Fill it in the source, or give a constant under \
subscription_items in mapping.yml.
  subscription_items.unit_price, wrong_type: 1 ("1,5" in subscription_items.csv, row 2). Expected a number \
such as 10.50 or 1,200, at least 0. Where a comma marks decimals, say so: `decimal_mark` under \
subscription_items in mapping.yml.
  users.account_id, unknown_reference: 1 ("a7" in users.csv, row 2). Expected an id that accounts holds. Add \
the row to accounts, or correct the id.

Values that count as empty
  users.created_at, wrong_type: 1 ("never" in users.csv, row 1). Expected a date such as 2024-01-31 or \
2024/1/31, or a time such as 2024-01-31T09:05+09:00. Where day or month come first, say the order: `dates` \
under users in mapping.yml.

What would be lost
  3 of 4 rows of subscription_items, and 0.0% of the MRR read.

How tables join
  1 of 2 accounts have no subscription: they never count as customers.
  1 of 2 rows of users belong to no account."""
    )
    page = as_page("Checked <this>", parts)
    assert page.startswith("<!doctype html>")
    assert "Checked &lt;this&gt;" in page
    assert "<td>subscription_items</td><td>1</td><td>4</td>" in page


LINKED = {
    "accounts.csv": "account_id,account_name\na1,One Inc.\na2,株式会社トゥー\n",
    "users.csv": "user_id,account_id\nann@one.example,a1\n",
    "account_links.csv": "system,source_id,account_id\nzendesk,z1,a1\nzendesk,z8,a8\n",
    "support_tickets.csv": (
        "ticket_id,account_id,user_id,opened_at\nt1,z1,,2024-02-01\nt2,a2,,2024-02-01\n"
        "t3,z3,bob@one.example,2024-02-01\nt4,z3,,2024-02-02\nt5,z8,x@gmail.com,2024-02-01\n"
    ),
    "leads.csv": "lead_id,account_id,created_at\nl1,トゥー,2024-01-01\n",
    "mapping.yml": "tables: {support_tickets: {account_system: zendesk}, leads: {account_system: crm}}",
}


def test_ids_of_other_systems_are_resolved_and_those_that_are_not_are_listed_with_suggestions(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    folder = folder_with(tmp_path, {**REQUIRED, **LINKED})
    settings = settings_of(folder.raw_dir, tmp_path)
    inspection = inspect(settings)
    loaded = land(settings, warehouse.connection, "run", inspection=inspection)
    built(warehouse, settings, REPORTS)
    tickets = {row["ticket_id"]: row for row in warehouse.rows("base_support_tickets")}
    assert {key: row["account_id"] for key, row in tickets.items() if row["row_status"] == "accepted"} == {
        "t1": "a1",
        "t2": "a2",
    }
    refused = {
        (row["row_key"], row["reasons"])
        for row in warehouse.rows("quarantined_rows")
        if row["table_name"] == "support_tickets"
    }
    assert refused == {(ticket, "unknown_reference (account_id)") for ticket in ("t3", "t4", "t5")}
    parts = list(
        sections(warehouse.connection, read_contract(), inspection, loaded, warehouse.manifest["parent_map"])
    )
    assert next(part.lines for part in parts if part.title == "Accounts of other systems") == [
        "crm: no account for 1 id in 1 row. account_links has no row of crm. Add them to account_links "
        "(system, source_id, account_id); suggestions are not applied by themselves.",
        "crm, トゥー: 1 row of leads; perhaps a2 (name 株式会社トゥー)?",
        "zendesk: no account for 2 ids in 3 rows. Add them to account_links "
        "(system, source_id, account_id); suggestions are not applied by themselves.",
        "zendesk, z3: 2 rows of support_tickets; perhaps a1 (domain one.example)?",
        "zendesk, z8: 1 row of support_tickets; nothing looks like it.",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("accounts.csv", "name\nx\n", "accounts.csv has no column account_id, which accounts needs."),
        ("accounts.csv", "", "accounts.csv is empty: a header line was expected."),
        (
            "accounts.csv",
            "account_id\n",
            "accounts is required, and accounts.csv holds a header and no rows: export it again with rows.",
        ),
        ("accounts.csv.gz", b"x", "accounts is there more than once (accounts.csv, accounts.csv.gz)"),
        (
            "mapping.yml",
            "tables: {plan: {}}",
            "mapping.yml, line 1: the contract has no table plan; did you mean plans?",
        ),
    ],
)
def test_what_stops_a_run_stops_a_check(tmp_path: Path, name: str, content: str | bytes, said: str) -> None:
    folder = folder_with(tmp_path, REQUIRED)
    folder.write(name, content)
    found = check(settings_of(folder.raw_dir, tmp_path), tmp_path / "check")
    assert found.would_stop
    assert found.text.startswith(f"Checked {folder.raw_dir}: a run would stop.\n\nA run would stop\n  {said}")
    assert said in found.page.read_text(encoding="utf-8").replace("&#x27;", "'")
    assert not (tmp_path / "warehouse").exists()


def test_a_draft_is_written_where_headers_look_like_known_ones(tmp_path: Path) -> None:
    write_untidy(tmp_path / "raw")
    found = check(settings_of(tmp_path / "raw", tmp_path), tmp_path / "check")
    assert found.would_stop
    assert found.draft == tmp_path / "check" / "mapping.draft.yml"
    assert f"Read {found.draft}, correct it, save it as {tmp_path}/raw/mapping.yml" in found.text
    assert 'files: "顧客一覧.csv"' in found.draft.read_text(encoding="utf-8")
    assert not (tmp_path / "raw" / "mapping.yml").exists()


def test_a_check_finds_what_a_run_finds(example_run: CommandRun, tmp_path: Path, history_dir: Path) -> None:
    checked = run_command("check", tmp_path / "warehouse", history_dir)
    assert checked.exit_status == 0, checked.output + checked.errors
    assert not (tmp_path / "warehouse").exists()
    assert not (PROJECT_DIR / "target" / "check" / "warehouse" / "build").exists()
    database = example_run.warehouse_dir / "published" / "cs_kpi.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select table_name, files, rows_read, rows_accepted, rows_repeated, rows_superseded, "
            "rows_quarantined, values_set_null from marts.load_report where files > 0"
        ).fetchall()
        reasons = connection.execute(
            "select table_name || '.' || reason_column || ', ' || reason || ': ' || count(*) "
            "from marts.quarantined_rows group by table_name, reason_column, reason"
        ).fetchall()
    lines = [line.split() for line in checked.output.splitlines()]
    for row in rows:
        assert [str(row[0]), *(f"{cell:,}" for cell in row[1:])] in lines
    assert reasons
    for (reason,) in reasons:
        assert f"  {reason} (" in checked.output
