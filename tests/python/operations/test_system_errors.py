"""What the operating system refuses ends as a sentence that names the path and what to do."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.errors import WarehouseError
from orchestration.loading import LoadError, inspect
from orchestration.lock import held
from orchestration.release.releases import published_release
from orchestration.run import sentence_of
from orchestration.settings import PROJECT_DIR, SettingsError, load_settings
from orchestration.system_errors import system_error

from ..support.raw_folder import REQUIRED, Folder, folder_with


@contextmanager
def file_limit(limit: int) -> Generator[None]:
    """No file may grow beyond `limit` bytes: for any user what a full disk is."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handled)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folder_with(tmp_path, REQUIRED)


@pytest.mark.parametrize("in_the_way", ["warehouse", "warehouse/run.lock/x", "warehouse/build"])
def test_a_name_that_is_taken(folder: Folder, in_the_way: str) -> None:
    path = folder.root / in_the_way
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    with (
        pytest.raises(WarehouseError, match=r"is in the way: move it, or use another CSKPI_WAREHOUSE_DIR"),
        held(folder.settings().warehouse_dir),
    ):
        inspect(folder.settings())


def test_a_command_says_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environment = {**os.environ, "CSKPI_WAREHOUSE_DIR": str(tmp_path / "file" / "warehouse")}
    command = [sys.executable, "-m", "orchestration", "backup", "--to", str(tmp_path / "x")]
    ended = subprocess.run(
        command, env=environment, cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert str(tmp_path / "file" / "warehouse") in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_what_may_not_be_written_is_named_with_what_to_set(number: int) -> None:
    said = str(system_error(OSError(number, os.strerror(number), "/data/run.lock")))
    assert said.startswith(f"/data/run.lock cannot be used: {os.strerror(number)}. ")
    assert "set CSKPI_WAREHOUSE_DIR" in said


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_published_that_is_no_link(tmp_path: Path, kind: str) -> None:
    published = tmp_path / "published"
    published.mkdir() if kind == "folder" else published.write_text("")
    with pytest.raises(WarehouseError, match=rf"published is a {kind}, not the link .*Move it away"):
        published_release(tmp_path)


def test_a_full_disk_while_landing_says_so_and_the_next_run_repairs(folder: Folder, tmp_path: Path) -> None:
    rows = "".join(f"u{row},a1,{os.urandom(40).hex()}\n" for row in range(60_000))
    folder.write("users.csv", "user_id,account_id,role\n" + rows)
    with file_limit(1_000_000), pytest.raises(LoadError) as stop:
        folder.land()
    said = str(sentence_of(stop.value, tmp_path / "warehouse" / "logs" / "run.log"))
    assert said.startswith("The disk is full, or a file may not grow further: ")
    assert str(tmp_path / "warehouse") in said
    assert "MB are free" in said
    assert "old releases in" in said
    folder.land()
    assert folder.query("select count(*) from raw.users") == [(60_000,)]


def test_a_full_disk_while_a_file_is_copied(folder: Folder, tmp_path: Path) -> None:
    folder.write("users.csv", "user_id,account_id\r" + "u1,a1\n" * 60_000)
    with file_limit(300_000), pytest.raises(OSError, match="File too large") as stop:
        folder.land()
    said = str(sentence_of(stop.value, tmp_path / "warehouse" / "logs" / "run.log"))
    assert said.startswith("The disk is full, or a file may not grow further: ")
    assert not (tmp_path / "warehouse" / "build" / "loading.tmp").exists()


def test_a_full_disk_in_a_model_says_what_can_be_deleted(tmp_path: Path) -> None:
    connection = duckdb.connect(str(tmp_path / "x.duckdb"))
    with file_limit(1_000_000), pytest.raises(duckdb.Error) as stop:
        connection.execute("create table x as select uuid() as id from range(200000)")
    failure = dg.Failure(f"1 model failed. Nothing was published.\n  {stop.value}")
    said = str(sentence_of(failure, tmp_path / "logs" / "run.log"))
    assert said.startswith("The disk is full, or a file may not grow further: ")
    assert "1 model failed" in said


def test_a_full_disk_in_the_history_of_runs_is_named_as_such(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "runs.db", isolation_level=None)
    with file_limit(1_000_000), pytest.raises(sqlite3.OperationalError) as stop:
        connection.execute("create table events as select zeroblob(2000000) as event")
    said = str(sentence_of(stop.value, tmp_path / "logs" / "run.log"))
    assert said.startswith("The disk is full, or a file may not grow further: ")


def test_the_copy_that_a_killed_run_left_goes_with_the_next(folder: Folder) -> None:
    left = folder.settings().build_path.with_name("loading.tmp")
    left.parent.mkdir(parents=True)
    left.write_text("raw rows")
    inspect(folder.settings())
    assert not left.exists()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CSKPI_REPORTING_TIMEZONE", "Asia", "expected an IANA name"),
        ("CSKPI_REPORTING_TIMEZONE", "a" * 300, "expected an IANA name"),
        ("CSKPI_CSV_ENCODING", "undefined", "expected an encoding"),
        ("CSKPI_CSV_ENCODING", "idna", "expected an encoding"),
        ("CSKPI_CSV_ENCODING", "rot13", "expected an encoding"),
        ("CSKPI_MEMORY_LIMIT", "0GB", "expected an amount of memory"),
        ("CSKPI_WAREHOUSE_DIR", "~no-such-user/warehouse", "Check its links and the name after ~"),
        ("CSKPI_WAREHOUSE_DIR", "what?/warehouse", "without ?, # or quotes"),
        ("CSKPI_WAREHOUSE_DIR", "no #1/warehouse", "without ?, # or quotes"),
        ("CSKPI_WAREHOUSE_DIR", "it's/warehouse", "without ?, # or quotes"),
        ("CSKPI_RAW_DIR", "raw\udcff", "expected a path in UTF-8"),
    ],
)
def test_a_setting_that_cannot_be_used(name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} is ") as stop:
        load_settings({name: value})
    assert expected in str(stop.value)


def test_a_misspelt_setting_is_not_passed_over() -> None:
    with pytest.raises(SettingsError, match=r"^CSKPI_RAWDIR is no setting \(did you mean CSKPI_RAW_DIR\?\)"):
        load_settings({"CSKPI_RAWDIR": "/data"})
    with pytest.raises(SettingsError, match=r"^CSKPI_QQQQ is no setting; "):
        load_settings({"CSKPI_QQQQ": ""})


def test_a_setting_whose_link_leads_back_to_itself(tmp_path: Path) -> None:
    (tmp_path / "raw").symlink_to(tmp_path / "raw")
    settings: Mapping[str, str] = {"CSKPI_RAW_DIR": str(tmp_path / "raw")}
    with pytest.raises(SettingsError, match=r"^CSKPI_RAW_DIR is .* leads nowhere"):
        load_settings(settings)
