"""Whole runs with PII: nothing that is hashed or erased is in any file, and every figure stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from orchestration.privacy.hashing import hashed
from orchestration.privacy.marts import mart_pii
from orchestration.release.releases import kept_releases, open_marts

from ..support.commands import CommandRun, run_command
from ..support.private_company import ERASURES, GONE, SALT, STAY, write_private_company

# Drawn by lot from accounts in the order of their ids, or of one run.
BY_ORDER_OF_IDS = {"auc_low", "auc_high", "ci_low", "ci_high"}
OF_ONE_RUN = {"load_report"}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_private_company(tmp_path_factory.mktemp("private") / "raw")


@pytest.fixture(scope="module")
def plain(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> CommandRun:
    """A run that hides nothing, with Dagster's history in the warehouse."""
    return ended(raw, tmp_path_factory.mktemp("plain") / "warehouse")


@pytest.fixture(scope="module")
def erased(raw: Path, plain: CommandRun, tmp_path_factory: pytest.TempPathFactory) -> CommandRun:
    """The next run of that warehouse, with a list of erasures; it has two releases then."""
    folder = tmp_path_factory.mktemp("erased")
    shutil.copytree(plain.warehouse_dir, folder / "warehouse", symlinks=True)
    # A warehouse remembers its raw folder.
    (raw / "erasures.csv").write_text(ERASURES, encoding="utf-8")
    try:
        return ended(raw, folder / "warehouse", CSKPI_HASH_SALT=SALT)
    finally:
        (raw / "erasures.csv").unlink()


@pytest.fixture(scope="module")
def hashed_run(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> CommandRun:
    return ended(
        raw, tmp_path_factory.mktemp("hashed") / "warehouse", CSKPI_HASH_PII="true", CSKPI_HASH_SALT=SALT
    )


def ended(raw: Path, warehouse_dir: Path, **settings: str) -> CommandRun:
    given = {"CSKPI_RAW_DIR": str(raw), "CSKPI_AS_OF_DATE": "2024-06-30", **settings}
    run = run_command("run", warehouse_dir, Path(), {"DAGSTER_HOME": "", **given})
    assert run.exit_status == 0, run.output + run.errors
    return run


def holding(warehouse_dir: Path, *texts: str) -> list[tuple[str, str]]:
    """Files beneath the folder that hold one of the texts: as bytes, or as values of tables."""
    found = set()
    for path in warehouse_dir.rglob("*"):
        if not path.is_file() or path.is_symlink():
            continue
        content = path.read_bytes()
        name = str(path.relative_to(warehouse_dir))
        found |= {(name, text) for text in texts if text.encode() in content}
        if path.suffix in (".duckdb", ".parquet"):
            for value in values_of(path):
                found |= {(name, text) for text in texts if text in value}
    return sorted(found)


def values_of(path: Path) -> Iterator[str]:
    """Every text of a database or a Parquet file; compressed blocks hide it from a search of bytes."""
    with duckdb.connect() as connection:
        if path.suffix == ".parquet":
            names = [f"read_parquet('{path}')"]
        else:
            connection.execute(f"attach '{path}' as found (read_only)")
            names = [
                f'found."{schema}"."{name}"'
                for schema, name in connection.execute(
                    "select schema_name, table_name from duckdb_tables() where database_name = 'found'"
                ).fetchall()
            ]
        for name in names:
            for column, kind, *_ in connection.execute(f"describe select * from {name}").fetchall():
                if "VARCHAR" in kind:
                    rows = connection.execute(f'select distinct "{column}"::varchar from {name}').fetchall()
                    yield from (value for (value,) in rows if value)


def figures(warehouse_dir: Path) -> Mapping[str, list[tuple[object, ...]]]:
    """The rows of every mart without the columns that contain PII, sorted."""
    found = {}
    with open_marts(warehouse_dir / "published") as connection:
        marts = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts'"
        ).fetchall()
        for (mart,) in marts:
            hidden = mart_pii().get(mart, {}).keys() | BY_ORDER_OF_IDS
            columns = [row[0] for row in connection.execute(f"describe marts.{mart}").fetchall()]
            shown = ", ".join(f'"{column}"' for column in columns if column not in hidden)
            if mart not in OF_ONE_RUN:
                rows = connection.execute(f"select {shown} from marts.{mart}").fetchall()
                found[mart] = sorted(rows, key=repr)
    return found


def test_every_name_is_somewhere_where_nothing_is_hidden(plain: CommandRun) -> None:
    found = {text for _, text in holding(plain.warehouse_dir, *GONE, *STAY)}
    assert found == {*GONE, *STAY}


def test_no_file_beneath_the_warehouse_names_who_was_erased(erased: CommandRun) -> None:
    assert holding(erased.warehouse_dir, *GONE, SALT) == []
    assert "quokka" not in (erased.output + erased.errors).lower()


def test_who_was_not_erased_is_still_there(erased: CommandRun) -> None:
    assert {text for _, text in holding(erased.warehouse_dir, *STAY)} == {*STAY}


def test_the_release_before_is_kept_without_them(erased: CommandRun) -> None:
    names = kept_releases(erased.warehouse_dir)
    assert len(names) == 2
    assert names[0].endswith("-purged")


@pytest.mark.parametrize("which", ["erased", "hashed_run"])
def test_every_figure_stays(plain: CommandRun, which: str, request: pytest.FixtureRequest) -> None:
    before, after = figures(plain.warehouse_dir), figures(request.getfixturevalue(which).warehouse_dir)
    assert before.keys() == after.keys()
    assert [mart for mart in before if before[mart] != after[mart]] == []


def test_no_value_is_published_that_should_be_hashed(hashed_run: CommandRun) -> None:
    assert holding(hashed_run.warehouse_dir, *GONE, *STAY, SALT) == []


def test_marts_join_by_hashes(hashed_run: CommandRun) -> None:
    with open_marts(hashed_run.warehouse_dir / "published") as connection:
        joined = connection.execute(
            """
            select accounts.account_id, accounts.account_name, users.user_id, members.member_name
            from marts.fct_support_tickets as tickets
            inner join marts.dim_accounts as accounts using (account_id)
            inner join marts.dim_users as users on tickets.user_id = users.user_id
            inner join marts.dim_team_members as members on tickets.agent_id = members.member_id
            where tickets.ticket_id = ?
            """,
            [hashed(SALT, "ticket-q1")],
        ).fetchall()
    names = ("quokka-holdings-41", "Quokka Holdings", "ann@quokka.example", "Agent Smithers")
    assert joined == [tuple(hashed(SALT, name) for name in names)]
