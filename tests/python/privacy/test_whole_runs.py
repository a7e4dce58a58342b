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

pytestmark = pytest.mark.long

# Drawn by lot from accounts in the order of their ids, or of one run.
BY_ORDER_OF_IDS = {
    "auc_low", "auc_high", "ci_low", "ci_high", "suggested_weight", "priority", "position",
}  # fmt: skip
OF_ONE_RUN = {"load_report"}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_private_company(tmp_path_factory.mktemp("private") / "raw")


@pytest.fixture(scope="module")
def plain(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> CommandRun:
    """A run that hides nothing, with Dagster's history in the warehouse."""
    return ended(raw, tmp_path_factory.mktemp("plain") / "warehouse")


@pytest.fixture(scope="module")
def hidden(raw: Path, plain: CommandRun, tmp_path_factory: pytest.TempPathFactory) -> CommandRun:
    """The next run of that warehouse, which erases two and hashes the others; it has two releases then."""
    copy = tmp_path_factory.mktemp("hidden") / "warehouse"
    shutil.copytree(plain.warehouse_dir, copy, symlinks=True)
    (raw / "erasures.csv").write_text(ERASURES, encoding="utf-8")
    return ended(raw, copy, CSKPI_HASH_PII="true", CSKPI_HASH_SALT=SALT)


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


def figures(warehouse_dir: Path) -> Mapping[str, list[tuple[str, ...]]]:
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
                found[mart] = sorted(tuple(map(_said, row)) for row in rows)
    return found


def _said(value: object) -> str:
    """A value as text; of doubles the digits that do not hang on the order of adding up."""
    return f"{value:.9g}" if isinstance(value, float) else repr(value)


def test_every_name_is_somewhere_where_nothing_is_hidden(plain: CommandRun) -> None:
    found = {text for _, text in holding(plain.warehouse_dir, *GONE, *STAY)}
    assert found == {*GONE, *STAY}


def test_no_file_beneath_the_warehouse_names_who_was_erased(hidden: CommandRun) -> None:
    assert holding(hidden.warehouse_dir, *GONE, SALT) == []
    assert "quokka" not in (hidden.output + hidden.errors).lower()


def test_who_was_not_erased_is_named_by_the_release_before_hashing_alone(hidden: CommandRun) -> None:
    before, published = kept_releases(hidden.warehouse_dir)
    assert before.endswith("-purged")
    assert (hidden.warehouse_dir / "published").resolve().name == published
    found = holding(hidden.warehouse_dir, *STAY)
    assert {text for _, text in found} == {*STAY}
    assert {file for file, _ in found if not file.startswith(f"releases/{before}/")} == set()


def test_every_figure_stays(plain: CommandRun, hidden: CommandRun) -> None:
    before, after = figures(plain.warehouse_dir), figures(hidden.warehouse_dir)
    assert before.keys() == after.keys()
    assert [mart for mart in before if before[mart] != after[mart]] == []


def test_the_history_of_scores_goes_on_under_hashes_and_tokens(plain: CommandRun, hidden: CommandRun) -> None:
    counts = []
    for run in (plain, hidden):
        with open_marts(run.warehouse_dir / "published") as connection:
            counts.append(
                connection.execute(
                    "select count(*), count(distinct account_id), count(distinct account_id) filter "
                    "(account_id like 'pii@_%' escape '@'), count(distinct account_id) filter "
                    "(account_id like 'erased@_%' escape '@') from marts.account_health_history"
                ).fetchall()[0]
            )
    (rows, accounts, *none), (rows_hidden, accounts_hidden, hashes, tokens) = counts
    assert none == [0, 0]
    assert (rows_hidden, accounts_hidden, hashes, tokens) == (rows, accounts, accounts - 1, 1)


def test_marts_join_by_hashes(hidden: CommandRun) -> None:
    with open_marts(hidden.warehouse_dir / "published") as connection:
        joined = connection.execute(
            """
            select accounts.account_id, accounts.account_name, users.user_id, members.member_name
            from marts.fct_support_tickets as tickets
            inner join marts.dim_accounts as accounts using (account_id)
            inner join marts.dim_users as users on tickets.user_id = users.user_id
            inner join marts.dim_team_members as members on tickets.agent_id = members.member_id
            where tickets.ticket_id = ?
            """,
            [hashed(SALT, "ticket-n2")],
        ).fetchall()
    names = ("numbat-trading-7", "Numbat Trading", "dora@numbat.example", "Agent Smithers")
    assert joined == [tuple(hashed(SALT, name) for name in names)]
