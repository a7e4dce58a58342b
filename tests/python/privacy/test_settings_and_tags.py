"""When PII is hashed, what is refused, and which columns are said to contain PII."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.delivery import read_delivery
from orchestration.errors import WarehouseError
from orchestration.loading import read_contract
from orchestration.privacy.erasures import PrivacyError
from orchestration.privacy.marts import mart_pii
from orchestration.release.inputs import Inputs, current_inputs, is_up_to_date, refuse_other_hashes
from orchestration.settings import PROJECT_DIR, Settings, SettingsError, load_settings

from ..support.raw_folder import REQUIRED, Folder, folder_with

SALT = "a salt of sixteen characters or more"
# Columns of marts with another name than in the input.
RENAMED = {
    "csm_name": "text",
    "detail_en": "text",
    "detail_ja": "text",
    "feedback_id": "record",
    "movement_id": "record",
    "next_milestone": "text",
    "next_task": "text",
    "raw_row": "text",
    "referred_account_id": "account",
    "row_key": "text",
    "vanished_key": "text",
}


def columns_of_marts() -> Iterator[tuple[str, str, Mapping[str, object]]]:
    for path in (PROJECT_DIR / "models" / "marts").rglob("*.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            if not model["name"].startswith("int_"):
                yield from ((model["name"], column["name"], column) for column in model.get("columns", []))


def test_every_column_of_a_mart_with_pii_says_so() -> None:
    kinds = {
        column.name: column.contains_pii
        for table in read_contract().tables
        for column in table.columns
        if column.contains_pii
    } | RENAMED
    expected = {(mart, name): kinds[name] for mart, name, _ in columns_of_marts() if name in kinds}
    expected["corrected_values", "raw_value"] = "text"
    tagged = {(mart, name): kind for mart, found in mart_pii().items() for name, kind in found.items()}
    assert tagged == expected


def test_a_name_is_one_kind_of_pii_in_every_table() -> None:
    kinds: dict[str, set[str | None]] = {}
    for table in read_contract().tables:
        for column in table.columns:
            kinds.setdefault(column.name, set()).add(column.contains_pii)
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"CSKPI_HASH_PII": "true"}, "CSKPI_HASH_PII=true needs CSKPI_HASH_SALT"),
        (
            {"CSKPI_HASH_PII": "yes", "CSKPI_HASH_SALT": SALT},
            "CSKPI_HASH_PII is 'yes'; expected true or false",
        ),
        ({"CSKPI_HASH_SALT": "short"}, "CSKPI_HASH_SALT has 5 characters; expected at least 16"),
        (
            {"CSKPI_HASH_PII": "true", "CSKPI_HASH_SALT": SALT, "DBT_TARGET": "spark"},
            "CSKPI_HASH_PII=true works on DuckDB alone",
        ),
    ],
)
def test_a_setting_that_would_not_hide_is_refused(given: Mapping[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as stop:
        load_settings(given)
    assert said in str(stop.value)
    assert SALT not in str(stop.value)


def test_settings_that_are_printed_give_no_salt_away() -> None:
    settings = load_settings({"CSKPI_HASH_PII": "true", "CSKPI_HASH_SALT": SALT})
    assert settings.hash_pii
    assert SALT not in repr(settings)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folder_with(tmp_path, REQUIRED)


def inputs_of(folder: Folder, *, hash_pii: bool, salt: str = SALT) -> Inputs:
    settings = replace(folder.settings(), hash_pii=hash_pii, hash_salt=salt)
    return replace(current_inputs(settings, folder.root), project="same")


def test_a_changed_setting_builds_anew_and_gives_no_salt_away(folder: Folder) -> None:
    plain, hashes = inputs_of(folder, hash_pii=False), inputs_of(folder, hash_pii=True)
    assert not is_up_to_date(plain, hashes, has_as_of_date=True)
    assert plain.settings == inputs_of(folder, hash_pii=False, salt="").settings
    assert SALT not in json.dumps(hashes.to_json())


def test_hashes_that_were_published_stay_the_same(folder: Folder) -> None:
    plain, hashes = inputs_of(folder, hash_pii=False), inputs_of(folder, hash_pii=True)
    refuse_other_hashes(plain, hashes)
    refuse_other_hashes(hashes, hashes)
    with pytest.raises(WarehouseError, match="CSKPI_HASH_PII is not set any more"):
        refuse_other_hashes(hashes, plain)
    with pytest.raises(WarehouseError, match="CSKPI_HASH_SALT is another one"):
        refuse_other_hashes(hashes, inputs_of(folder, hash_pii=True, salt=SALT + "!"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Erasures need CSKPI_HASH_SALT"),
        ({"hash_salt": SALT, "dbt_target": "spark"}, "Erasures work on DuckDB alone"),
    ],
)
def test_a_list_of_erasures_that_cannot_be_followed_stops_before_loading(
    folder: Folder, changes: Mapping[str, Any], said: str
) -> None:
    folder.write("erasures/2024.csv", "kind,id\naccount,a1\n")
    settings: Settings = replace(folder.settings(), **changes)
    with pytest.raises(PrivacyError, match=said):
        read_delivery(settings)
    assert not settings.build_path.exists()


def test_nothing_reads_a_list_of_erasures_as_data(folder: Folder) -> None:
    folder.write("erasures.csv", "kind,id\naccount,a1\n")
    settings = replace(folder.settings(), hash_salt=SALT)
    delivery = read_delivery(settings)
    assert delivery.inspection.found.ignored == ()
    assert "erasures" not in read_contract().table_names


def test_columns_with_pii_are_texts() -> None:
    # A hash could not take the place of a number or a date.
    types = {
        column["data_type"] for mart, name, column in columns_of_marts() if name in mart_pii().get(mart, {})
    }
    assert types == {"string"}
