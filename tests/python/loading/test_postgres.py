"""A schema of Postgres is a raw folder: its tables and views are copied as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.loading import LoadError, land, open_build
from orchestration.loading.raw_sources import bring_raw
from orchestration.settings import Settings, SettingsError, load_settings

from ..support.raw_folder import Folder

SCHEMA = """
create schema exports;
create table exports.accounts (account_id text, account_name text);
insert into exports.accounts values ('a2', '株式会社トゥー'), ('a1', 'One, "the first"');
create view exports.users as
    select 'u1' as user_id, 'a1' as account_id, timestamptz '2024-01-05 09:00:00+09' as created_at,
        null as role;
create table exports.notes (note text);
"""


def settings_of(folder: Path, address: str) -> Settings:
    return load_settings({"CSKPI_RAW_DIR": address, "CSKPI_WAREHOUSE_DIR": str(folder / "warehouse")})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A server of its own on a socket, and the address of its database."""
    # A socket's path may have no more than 100 characters; the server runs under no name of root.
    folder = Path(f"/tmp/cs_kpi_postgres_{os.getpid()}")
    folder.mkdir()
    as_user = []
    if os.getuid() == 0:
        shutil.chown(folder, "nobody")
        as_user = ["setpriv", "--reuid=nobody", "--clear-groups", "env", f"HOME={folder}"]
    data = folder / "data"
    log = tmp_path_factory.mktemp("postgres") / "log"
    commands = [
        ["initdb", "--auth=trust", "--username=reader", "--encoding=UTF8", "--no-sync", "-D", str(data)],
        ["pg_ctl", "-D", str(data), "-w", "-o", f"-k {folder} -c listen_addresses= -c fsync=off", "start"],
    ]
    try:
        with log.open("wb") as output:
            for command in commands:
                subprocess.run([*as_user, *command], check=True, cwd="/", stdout=output, stderr=output)
        address = f"postgresql://reader@/postgres?host={folder}"
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", SCHEMA], check=True)
        yield address
    finally:
        subprocess.run([*as_user, "pg_ctl", "-D", str(data), "-m", "immediate", "stop"], check=False, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.postgres
def test_tables_and_views_are_read_in_place_of_a_folder(server: str, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, f"{server}&schema=exports")
    bring_raw(settings)
    assert settings.raw_dir is not None
    assert settings.raw_dir.is_relative_to(tmp_path / "warehouse.raw")
    files = {path.name: path for path in settings.raw_dir.iterdir()}
    assert files["accounts.csv"].read_text(encoding="utf-8") == (
        'account_id,account_name\na1,"One, ""the first"""\na2,株式会社トゥー\n'
    )
    assert {*files} == {"accounts.csv", "users.csv"}
    # The same rows are the same file, and a table that is gone has none.
    written = files["accounts.csv"].stat().st_mtime_ns
    (settings.raw_dir / "leads.csv").write_text("lead_id\nl1\n", encoding="utf-8")
    bring_raw(settings)
    assert files["accounts.csv"].stat().st_mtime_ns == written
    assert {path.name for path in settings.raw_dir.iterdir()} == {"accounts.csv", "users.csv"}
    folder = Folder(tmp_path)
    for name, text in (
        ("plans.csv", "plan_id,product_id\np1,x\n"),
        (
            "subscription_items.csv",
            "subscription_item_id,subscription_id,account_id,plan_id,unit_price,billing_interval,valid_from\n"
            "i1,s1,a1,p1,1,month,2024-01-01\n",
        ),
    ):
        (settings.raw_dir / name).write_text(text, encoding="utf-8")
    with open_build(settings.build_path) as connection:
        land(settings, connection, "run")
        assert connection.execute("select user_id, created_at, role from raw.users").fetchall() == [
            ("u1", "2024-01-05 00:00:00+00", None)
        ]
    assert folder.query("select account_name from raw.accounts order by account_id") == [
        ('One, "the first"',),
        ("株式会社トゥー",),
    ]


@pytest.mark.postgres
def test_what_cannot_be_read_is_said(server: str, tmp_path: Path) -> None:
    with pytest.raises(
        LoadError, match=r"^The schema public of .* has no table of the contract; expected at"
    ):
        bring_raw(settings_of(tmp_path, server))
    with pytest.raises(
        LoadError, match=r"cannot be read: .*A password belongs into ~/.pgpass or PGPASSWORD."
    ):
        bring_raw(settings_of(tmp_path, server.replace("/postgres?", "/nowhere?")))


def test_a_folder_is_left_as_it_is(tmp_path: Path) -> None:
    settings = replace(settings_of(tmp_path, str(tmp_path)), raw_dir=tmp_path / "nowhere")
    bring_raw(settings)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            "ftp://host/exports",
            "CSKPI_RAW_DIR is 'ftp://host/exports'; expected a folder, one of an object store such as "
            "s3://bucket/exports, or a schema of Postgres such as "
            "postgresql://user@host/database?schema=exports.",
        ),
        (
            "postgresql://me:secret@host/database",
            "CSKPI_RAW_DIR has a password in it, which logs would show: "
            "write it into ~/.pgpass or PGPASSWORD.",
        ),
    ],
)
def test_addresses_that_are_not_read_are_said(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(SettingsError) as stop:
        settings_of(tmp_path, address)
    assert str(stop.value) == said
