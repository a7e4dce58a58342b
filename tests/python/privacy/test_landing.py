"""What is landed where PII is hashed or someone is erased: the build database never holds it as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.loading import LoadResult, inspect, land, open_build, read_contract
from orchestration.loading.inspection import LastLoad
from orchestration.privacy.erasures import PrivacyError, kept_erasures
from orchestration.privacy.hashing import hash_sql, hashed, is_token, set_salt
from orchestration.settings import Settings

from ..support.raw_folder import Folder, folder_with

SALT = "a salt of sixteen characters or more"
FILES = {
    "accounts.csv": (
        "account_id,account_name,country,parent_account_id\n"
        "acc-one,Sole Proprietor Jane Roe,DE,\nacc-two,Two,JP,acc-one\n"
    ),
    "plans.csv": "plan_id,product_id\np1,prod\n",
    "subscription_items.csv": (
        "subscription_item_id,subscription_id,account_id,plan_id,unit_price,billing_interval,valid_from\n"
        "acc-one/1,acc-one/s,acc-one,p1,10.50,month,2024-01-01\nacc-two/1,acc-two/s,acc-two,p1,3,month,2024-01-01\n"
    ),
    "users.csv": (
        "user_id,account_id,role\njane@roe.example,acc-one,admin\njoe@two.example,acc-two,admin\n"
        " kim@two.example ,acc-two,viewer\n"
    ),
    "support_tickets.csv": (
        "ticket_id,account_id,user_id,opened_at\nticket-one,acc-one,jane@roe.example,2024-01-05\n"
        "ticket-two,acc-two,kim@two.example,2024-01-05\n"
    ),
    "survey_responses.csv": (
        "response_id,survey_kind,account_id,user_id,ticket_id,score,responded_at,comment\n"
        "r-1,csat,,,ticket-one,5,2024-01-06,Jane was here\n"
        "r-2,csat,acc-two,kim@two.example,ticket-two,4,2024-01-06,Kim was here\n"
        "r-3,nps,acc-two,joe@two.example,,9,2024-01-06,Joe was here\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folder_with(tmp_path, FILES)


def landed(folder: Folder, *, hash_pii: bool = False, salt: str = SALT) -> LoadResult:
    """Land into a database that is begun anew, as full builds do."""
    settings = private(folder, hash_pii=hash_pii, salt=salt)
    settings.build_path.unlink(missing_ok=True)
    with open_build(settings.build_path) as connection:
        return land(settings, connection, "run-1")


def private(folder: Folder, *, hash_pii: bool = False, salt: str = SALT) -> Settings:
    return replace(folder.settings(), hash_pii=hash_pii, hash_salt=salt)


def values(folder: Folder) -> Mapping[str, set[str]]:
    """Every value of every landed table as text, by table."""
    return {
        table.name: {
            str(value) for row in folder.query(f'select * from raw."{table.name}"') for value in row if value
        }
        for table in read_contract().tables
    }


def holds(folder: Folder, *texts: str) -> list[tuple[str, str]]:
    """Which files of the warehouse hold which of the texts as bytes, and which tables as values."""
    written = [
        (path.name, text)
        for path in folder.settings().warehouse_dir.rglob("*")
        if path.is_file()
        for text in texts
        if text.encode() in path.read_bytes()
    ]
    stored = [
        (table, text)
        for table, found in values(folder).items()
        for value in found
        for text in texts
        if text in value
    ]
    return written + stored


def test_the_same_value_has_the_same_hash_in_python_and_sql_and_is_hashed_once() -> None:
    with duckdb.connect() as connection:
        set_salt(connection, "it's " + SALT)
        for value in ("acc-one", "ジェーン", " acc-one ", hashed(SALT, "acc-one")):
            found = connection.execute(f"select {hash_sql('v')} from (select ? as v)", [value]).fetchall()
            assert found == [(hashed("it's " + SALT, value.strip()),)]
        assert connection.execute(f"select {hash_sql('v')} from (select '  ' as v)").fetchall() == [(None,)]
    assert hashed(SALT, "acc-one") != hashed(SALT + "!", "acc-one")


def test_hashed_values_are_the_same_in_every_table_and_nothing_else_changes(folder: Folder) -> None:
    landed(folder, hash_pii=True)
    pii = ("acc-one", "acc-two", "Jane", "jane@", "Kim", "kim@", "Proprietor", "ticket-one", SALT)
    assert holds(folder, *pii) == []
    assert folder.query(
        """
        select accounts.account_id, accounts.country, items.unit_price, children.country, users.role
        from raw.accounts
        inner join raw.subscription_items as items using (account_id)
        inner join raw.accounts as children on accounts.account_id = children.parent_account_id
        inner join raw.users on accounts.account_id = users.account_id
        """
    ) == [(hashed(SALT, "acc-one"), "DE", "10.50", "JP", "admin")]
    assert folder.query(
        "select count(*) from raw.support_tickets inner join raw.survey_responses using (ticket_id)"
    ) == [(2,)]
    assert folder.query("select count(*) from raw.users inner join raw.survey_responses using (user_id)") == [
        (2,)
    ]


@pytest.mark.parametrize("hash_pii", [False, True])
def test_whoever_is_erased_leaves_figures_and_segments_under_a_token(folder: Folder, hash_pii: bool) -> None:
    folder.write("erasures.csv", "kind,id\naccount,acc-one\nuser,kim@two.example\nuser,nobody\n")
    result = landed(folder, hash_pii=hash_pii)
    assert result.ignored == ()
    gone = (
        "acc-one",
        "Jane",
        "jane@",
        "Proprietor",
        "ticket-one",
        "Kim",
        "kim@",
        "ticket-two",
        "nobody",
        SALT,
    )
    assert holds(folder, *gone) == []
    ((token, name, country, price, parent),) = folder.query(
        """
        select accounts.account_id, accounts.account_name, accounts.country, unit_price,
            children.parent_account_id
        from raw.accounts
        inner join raw.subscription_items using (account_id)
        inner join raw.accounts as children on children.country = 'JP'
        where accounts.country = 'DE'
        """
    )
    assert is_token(str(token))
    assert (name, country, price, parent) == (None, "DE", "10.50", token)
    # The anonymous answer is of the account's ticket; Joe was not erased.
    comments = folder.query("select ticket_id, comment, score from raw.survey_responses order by response_id")
    joe = hashed(SALT, "Joe was here") if hash_pii else "Joe was here"
    assert sorted((comment for _, comment, _ in comments), key=str) == sorted([None, None, joe], key=str)
    assert folder.query(
        "select count(*) from raw.support_tickets inner join raw.survey_responses using (ticket_id)"
    ) == [(2,)]
    users = folder.query("select user_id, role from raw.users order by role, user_id")
    assert sum(is_token(str(user)) for user, _ in users) == 2
    assert [role for _, role in users] == ["admin", "admin", "viewer"]


def test_an_erased_account_leaves_under_its_ids_in_other_systems_too(folder: Folder) -> None:
    links = "system,source_id,account_id\ncrm,crm-nine,acc-one\ncrm,acc-two,acc-one\n"
    folder.write("account_links.csv", links)
    leads = "lead_id,account_id,created_at\nl1,crm-nine,2024-01-01\nl2,acc-two,2024-01-01\n"
    folder.write("leads.csv", leads)
    folder.write("mapping.yml", "tables: {leads: {account_system: crm}}")
    folder.write("erasures.csv", "kind,id\naccount,acc-one\n")
    landed(folder)
    assert holds(folder, "acc-one", "crm-nine") == []
    # The link still leads to the account, and an id that another account has is not erased with it.
    assert folder.query(
        "select country, count(*) from raw.leads "
        "inner join raw.account_links on leads.account_id = source_id "
        "inner join raw.accounts on account_links.account_id = accounts.account_id group by country"
    ) == [("DE", 2)]
    assert folder.query("select count(*) from raw.accounts where account_id = 'acc-two'") == [(1,)]


def test_a_row_that_arrives_again_gets_the_same_token_also_without_the_list(folder: Folder) -> None:
    folder.write("erasures.jsonl", '{"kind": "account", "id": "acc-one"}\n')
    landed(folder)
    first = folder.query("select account_id from raw.accounts order by country")
    (folder.raw_dir / "erasures.jsonl").unlink()
    landed(folder)
    assert folder.query("select account_id from raw.accounts order by country") == first
    kept = folder.settings().erasures_path.read_text(encoding="utf-8")
    assert [text for text in ("acc-one", "jane", SALT) if text in kept] == []
    assert len(kept_erasures(private(folder)).tokens) == 2


def test_parquet_is_hidden_too_whatever_its_types(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if not name.startswith(("accounts", "users"))}
    folder = folder_with(tmp_path, files | {"erasures.csv": "kind,id\naccount,7\n"})
    folder.write_parquet(
        "accounts.parquet",
        "select i as account_id, 'Name ' || i as account_name, timestamp '2024-01-01' as created_at "
        "from range(6, 9) t(i)",
    )
    landed(folder)
    rows = folder.query("select account_id, account_name, created_at from raw.accounts order by _row_number")
    assert [row[0] for row in rows][::2] == ["6", "8"]
    assert [is_token(str(row[0])) for row in rows] == [False, True, False]
    assert [row[1] for row in rows] == ["Name 6", None, "Name 8"]
    assert folder.query("select typeof(created_at) from raw.accounts limit 1") == [("TIMESTAMP",)]


def test_an_increment_hashes_what_is_new_and_keeps_the_rest(folder: Folder) -> None:
    landed(folder, hash_pii=True)
    settings = private(folder, hash_pii=True)
    folder.write("users.csv", "user_id,account_id,role\nnew@two.example,acc-two,admin\n")
    unchanged = {name for name in FILES if name != "users.csv"}
    found = inspect(settings, before=LastLoad(settings.today, unchanged))
    with open_build(settings.build_path) as connection:
        land(settings, connection, "run-2", inspection=found)
    assert folder.query("select user_id from raw.users") == [(hashed(SALT, "new@two.example"),)]
    assert folder.query("select count(*) from raw.accounts") == [(2,)]


@pytest.mark.parametrize(
    ("rows", "salt", "said"),
    [
        ("account,acc-one\n", "", "Erasures need CSKPI_HASH_SALT"),
        ("accounts,acc-one\n", SALT, "erasures.csv, row 1: expected a kind, account or user, and an id"),
        ("account,\nuser, \n", SALT, "erasures.csv, row 1 and 1 more rows: expected"),
    ],
)
def test_an_erasure_that_would_be_missed_stops(folder: Folder, rows: str, salt: str, said: str) -> None:
    folder.write("erasures.csv", f"kind,id\n{rows}")
    with pytest.raises(PrivacyError) as stop:
        landed(folder, salt=salt)
    assert said in str(stop.value)


def test_another_salt_is_refused_where_somebody_was_erased(folder: Folder) -> None:
    folder.write("erasures.csv", "kind,id\naccount,acc-one\n")
    landed(folder)
    with pytest.raises(PrivacyError, match="CSKPI_HASH_SALT is another one"):
        landed(folder, salt=SALT + "!")
    with pytest.raises(PrivacyError, match="Erasures need CSKPI_HASH_SALT"):
        landed(folder, salt="")
