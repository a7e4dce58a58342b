"""`make init` writes what a person starts from; docs/inputs.md lists every table and column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from orchestration.checking.check import check
from orchestration.checking.templates import INPUTS_PAGE, write_templates
from orchestration.loading import read_contract
from orchestration.loading.mapping import read_mapping
from orchestration.settings import PROJECT_DIR

from ..support.raw_folder import REQUIRED, folder_with
from ..support.untidy_folder import EDITS, write_untidy

CONTRACT = read_contract()
GUIDE = (PROJECT_DIR / "docs" / "bring-your-data.md").read_text(encoding="utf-8")


def test_a_new_folder_has_the_required_headers_and_a_mapping(tmp_path: Path) -> None:
    written = write_templates(tmp_path / "new", CONTRACT)
    assert sorted(path.name for path in written) == [
        "accounts.csv",
        "mapping.yml",
        "plans.csv",
        "subscription_items.csv",
    ]
    header = (tmp_path / "new" / "plans.csv").read_text(encoding="utf-8")
    assert header.splitlines() == [",".join(column.name for column in CONTRACT.tables[2].columns)]


def test_all_tables_are_written_on_request_and_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, {"accounts.xlsx": b"kept", "mapping.yml": "tables: {}"})
    written = write_templates(folder.raw_dir, CONTRACT, everything=True)
    assert {path.stem for path in written} == {*CONTRACT.table_names} - {"accounts"}
    assert (folder.raw_dir / "mapping.yml").read_text(encoding="utf-8") == "tables: {}"


def test_headers_alone_of_optional_tables_count_as_not_supplied(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, REQUIRED)
    write_templates(folder.raw_dir, CONTRACT, everything=True)
    loaded = folder.land()
    assert {table.name for table in loaded.tables if table.files} == {
        "accounts",
        "plans",
        "subscription_items",
    }


def test_the_mapping_is_empty_as_written_and_right_without_its_comments(tmp_path: Path) -> None:
    write_templates(tmp_path, CONTRACT)
    assert read_mapping(tmp_path, CONTRACT).content.tables == {}
    lines = (tmp_path / "mapping.yml").read_text(encoding="utf-8").split("#\n", 1)[1].splitlines()
    (tmp_path / "mapping.yml").write_text("\n".join(line[2:] for line in lines), encoding="utf-8")
    mapping = read_mapping(tmp_path, CONTRACT)
    assert set(mapping.content.tables) == {"accounts", "subscription_items"}
    assert mapping.content.customer_sheet is not None


def test_the_page_of_inputs_names_every_table_and_column() -> None:
    page = (PROJECT_DIR / INPUTS_PAGE).read_text(encoding="utf-8")
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")[1:]}
    assert [*sections] == [*CONTRACT.table_names]
    for table in CONTRACT.tables:
        for column in table.columns:
            assert column.name == "recorded_at" or f"\n| {column.name} |" in sections[table.name]


def test_what_the_guide_shows_is_what_happens(tmp_path: Path) -> None:
    write_untidy(tmp_path / "exports")
    settings = folder_with(tmp_path / "other", {}).settings()
    found = check(replace(settings, raw_dir=tmp_path / "exports"), tmp_path / "check")
    shown = [part.partition("```")[0] for part in GUIDE.split("```\n")]
    said = found.text.replace(f"{tmp_path}/", "")
    assert next(part for part in shown if part.startswith("A run would stop")) in said
    assert found.draft
    subscriptions = next(part for part in shown if part.startswith("  subscription_items:"))
    assert subscriptions in found.draft.read_text(encoding="utf-8")
    block = yaml.safe_load(GUIDE.split("```yaml\n")[1].partition("```")[0])
    edits = yaml.safe_load("tables:\n" + "".join(EDITS.values()))
    assert block == edits


def test_examples_of_the_guide_are_mappings_that_are_read(tmp_path: Path) -> None:
    blocks = [part.partition("```")[0] for part in GUIDE.split("```yaml\n")[1:]]
    assert len(blocks) == 3
    for block in blocks:
        (tmp_path / "mapping.yml").write_text(block, encoding="utf-8")
        read_mapping(tmp_path, CONTRACT)
