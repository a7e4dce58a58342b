"""Files and names that are something else than they seem are called what they are."""

from __future__ import annotations

import gzip
import os

import pytest

from ..support.raw_folder import Folder

USERS = "user_id,account_id,role\nu1,a1,x\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "users.csv",
            gzip.compress(USERS.encode(), mtime=0),
            "users.csv is not CSV: it is compressed with gzip.",
        ),
        (
            "users.jsonl",
            gzip.compress(b"{}", mtime=0),
            "users.jsonl is not JSON Lines: it is compressed with gzip.",
        ),
        ("users.csv", b"PK\x03\x04" + bytes(60), "users.csv is not CSV: it is a zip archive or an Excel"),
        ("users.xlsx", USERS, "users.xlsx is not an Excel workbook. Save it as .xlsx, or as CSV UTF-8."),
        ("users.xlsx", b"PK\x03\x04" + bytes(60), "users.xlsx cannot be read as an Excel workbook"),
        ("users.csv.gz", USERS, "users.csv.gz cannot be unpacked"),
        ("users.csv.gz", gzip.compress(USERS.encode(), mtime=0)[:-9], "users.csv.gz cannot be unpacked"),
        ("users.csv.zip", b"PK\x03\x04" + bytes(60), "users.csv.zip cannot be unpacked"),
        ("users.csv", b"PAR1" + bytes(60), "users.csv is not CSV: it is Parquet."),
        (
            "users.csv",
            "\ufeff\n<!DOCTYPE html>\n<title>Log in</title>",
            "users.csv is not CSV: it is a web page.",
        ),
        ("users.csv", '[{"user_id": "u1"}]', "users.csv is not CSV: it is JSON."),
        ("users.csv", USERS.encode("utf-16-le"), "UTF-16 without a byte order mark: save it as UTF-8"),
        ("users.csv", USERS.encode("utf-16-be"), "or set CSKPI_CSV_ENCODING=utf-16-be."),
        ("users.csv", USERS.encode("utf-32"), "users.csv is written in UTF-32: save it as UTF-8."),
        ("users.jsonl", '{"user_id": "u"}\n'.encode("utf-16"), "users.jsonl is written in UTF-16"),
        ("users.jsonl", b"5\n", "users.jsonl, line 1 is another JSON value"),
        ("users.csv", f"{USERS}u2,a\0,y\n", "users.csv, line 3: it has a NUL byte"),
        ("users.csv", f"{USERS}u2,\x01\x02,y\n", "users.csv, line 3: it has the control characters 0x01"),
        (
            "users.csv",
            f"{USERS}u2,a1,顧客".encode()[:-1],
            "line 3: the file ends inside a character",
        ),
    ],
)
def test_a_file_of_another_kind(folder: Folder, name: str, content: str | bytes, said: str) -> None:
    folder.write(name, content)
    message = folder.refused()
    assert said in message
    assert "cp932" not in message


def test_utf_16_without_a_mark_lands_in_its_encoding(folder: Folder) -> None:
    for name in ("accounts", "plans", "subscription_items"):
        path = folder.raw_dir / f"{name}.csv"
        path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16-le"))
    folder.land("utf-16-le")
    assert folder.query("select count(*) from raw.accounts") == [(2,)]


def test_utf_8_where_utf_16_was_set(folder: Folder) -> None:
    message = folder.refused("utf-16")
    assert "accounts.csv is not utf-16 (CSKPI_CSV_ENCODING)" in message
    assert "It is UTF-8: remove CSKPI_CSV_ENCODING" in message


def test_other_control_characters_are_kept(folder: Folder) -> None:
    folder.write("users.csv", "user_id,account_id,role\nu1,\x01,\x02\nu2,\x7f,\x1f\n")
    folder.land()
    assert folder.query("select account_id, role from raw.users order by user_id") == [
        ("\x01", "\x02"),
        ("\x7f", "\x1f"),
    ]


def test_a_pipe_is_not_waited_for(folder: Folder) -> None:
    os.mkfifo(folder.raw_dir / "users.csv")
    assert "users.csv is neither a file nor a folder but a pipe" in folder.refused()


def test_a_link_to_its_own_folder(folder: Folder) -> None:
    folder.write("users/1.csv", USERS)
    (folder.raw_dir / "users" / "again").symlink_to(folder.raw_dir / "users")
    assert folder.refused() == "users/again leads back to a folder that it is in: remove the link."


@pytest.mark.parametrize("name", [b"users\xff.csv", b"users/1\xff.csv"])
def test_a_name_that_is_not_utf8(folder: Folder, name: bytes) -> None:
    (folder.raw_dir / "users").mkdir()
    with open(os.fsencode(folder.raw_dir) + b"/" + name, "w", encoding="utf-8") as file:  # noqa: PTH123  bytes
        file.write(USERS)
    assert f"{name!r} in {folder.raw_dir}: the name is not UTF-8. Rename the file." in folder.refused()
