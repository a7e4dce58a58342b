"""Which files are found, which are passed over, and what stops the search."""

from __future__ import annotations

import dataclasses
import shutil

import pytest

from orchestration.loading import LoadError, land, open_build, read_contract
from orchestration.loading.files import find_files

from ..support.raw_folder import Folder

CONTRACT = read_contract()
USERS = "user_id,account_id\n"


def found_names(folder: Folder, table: str) -> list[str]:
    return [file.name for file in find_files(folder.raw_dir, CONTRACT).tables[table]]


def test_a_folder_is_searched_to_the_bottom_in_the_order_of_the_names(folder: Folder) -> None:
    for name in ("users/2025/b.csv", "users/2025/a.csv", "users/2024.csv"):
        folder.write(name, USERS)
    assert found_names(folder, "users") == ["users/2024.csv", "users/2025/a.csv", "users/2025/b.csv"]


def test_hidden_files_and_folders_are_passed_over(folder: Folder) -> None:
    for name in ("_SUCCESS", ".part-0.csv.crc", "_delta_log/0.json", ".cache/x.csv"):
        folder.write(f"users/{name}", "no table")
    folder.write("_notes.txt", "")
    folder.write(".DS_Store", "")
    folder.write("users/part-0.csv", USERS)
    assert found_names(folder, "users") == ["users/part-0.csv"]
    assert find_files(folder.raw_dir, CONTRACT).ignored == ()


def test_the_ending_of_a_file_may_be_in_capitals(folder: Folder) -> None:
    folder.write("users.CSV", USERS)
    assert found_names(folder, "users") == ["users.CSV"]


def test_a_table_that_was_not_supplied_has_no_files(folder: Folder) -> None:
    (folder.raw_dir / "reviews").mkdir()
    assert found_names(folder, "users") == []
    assert found_names(folder, "reviews") == []


def test_what_belongs_to_no_table_is_named_with_the_table_that_was_meant(folder: Folder) -> None:
    folder.write("user.csv", USERS)
    folder.write("Reviews.parquet", "")
    folder.write("support-tickets/2024.csv", "")
    folder.write("leads.ods", "")
    folder.write("Leads.CSV.gz", "")
    folder.write("README.md", "")
    assert find_files(folder.raw_dir, CONTRACT).ignored == (
        "Leads.CSV.gz (did you mean leads.csv.gz?)",
        "README.md",
        "Reviews.parquet (did you mean reviews.parquet?)",
        "leads.ods (did you mean leads.csv, leads.parquet, leads.jsonl, leads.xlsx or leads/?)",
        "support-tickets/ (did you mean support_tickets/?)",
        "user.csv (did you mean users.csv?)",
    )


def test_a_file_beside_a_folder_of_the_same_table_stops(folder: Folder) -> None:
    folder.write("accounts/1.csv", USERS)
    message = folder.refused()
    assert "accounts is there more than once (accounts/, accounts.csv)" in message
    assert "move all but one away" in message


def test_two_files_of_the_same_table_stop(folder: Folder) -> None:
    folder.write("plans.jsonl", "")
    assert "plans is there more than once (plans.csv, plans.jsonl)" in folder.refused()


def test_several_formats_in_one_folder_stop(folder: Folder) -> None:
    folder.write("users/a.csv", USERS)
    folder.write("users/b.csv", USERS)
    folder.write("users/c.jsonl", "")
    assert "users/ holds files of several formats (users/a.csv, users/c.jsonl)" in folder.refused()


def test_a_file_that_cannot_be_used_in_the_folder_of_a_table_stops(folder: Folder) -> None:
    folder.write("users/a.csv", USERS)
    folder.write("users/old/people.ods", "")
    message = folder.refused()
    assert "users/old/people.ods is none of .csv, .parquet, .jsonl, .xlsx" in message
    assert "move it out of users/" in message


def test_a_missing_required_table_stops_and_says_what_was_looked_for(folder: Folder) -> None:
    (folder.raw_dir / "accounts.csv").rename(folder.raw_dir / "acounts.csv")
    (folder.raw_dir / "plans.csv").unlink()
    lines = folder.refused().splitlines()
    assert len(lines) == 3
    assert f"accounts is required; looked in {folder.raw_dir} for accounts.csv, accounts.parquet" in lines[0]
    assert "plans is required" in lines[1]
    assert lines[2] == "Not used: acounts.csv (did you mean accounts.csv?)."


def test_an_empty_folder_of_a_required_table_stops(folder: Folder) -> None:
    (folder.raw_dir / "plans.csv").unlink()
    (folder.raw_dir / "plans").mkdir()
    assert "plans is required" in folder.refused()


def test_a_missing_raw_folder_stops_and_says_what_to_set(folder: Folder) -> None:
    shutil.rmtree(folder.raw_dir)
    message = folder.refused()
    assert f"The raw folder {folder.raw_dir} is not there" in message
    assert "CSKPI_RAW_DIR" in message
    assert "accounts, plans, subscription_items" in message


def test_no_raw_folder_in_the_settings_stops(folder: Folder) -> None:
    settings = dataclasses.replace(folder.settings(), raw_dir=None)
    with open_build(settings.build_path) as connection, pytest.raises(LoadError, match="CSKPI_RAW_DIR"):
        land(settings, connection, "run-1")


def test_a_file_that_cannot_be_opened_is_named(folder: Folder) -> None:
    (folder.raw_dir / "users.csv").symlink_to(folder.raw_dir / "gone.csv")
    (folder.raw_dir / "reviews.jsonl").symlink_to(folder.raw_dir / "gone.jsonl")
    lines = folder.refused().splitlines()
    assert lines[0].startswith("users.csv cannot be opened: ")
    assert lines[1].startswith("reviews.jsonl cannot be opened: ")
