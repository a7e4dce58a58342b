"""The columns of scores stand in one place, and models, Python and seeds agree with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.computed import COMPUTED_SCHEMAS, WrittenTable, computed_tables
from orchestration.health.config import health_config
from orchestration.health.history import CONTRIBUTIONS, HISTORY, SCORES
from orchestration.settings import PROJECT_DIR

from ..support.health_builders import a_config, a_row, contributions, scores, shipped_seeds

MODELS = PROJECT_DIR / "models"
READS = re.compile(rf"source\('({'|'.join(COMPUTED_SCHEMAS)})', '(\w+)'\)")
AXES = health_config(shipped_seeds()).axes


def descriptions() -> dict[str, dict[str, Any]]:
    """The YAML entry of each model."""
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in MODELS.rglob("*.yml")]
    return {model["name"]: model for file in files for model in file.get("models", ())}


def readers() -> list[tuple[str, str]]:
    """Each model that reads a table that Python computes, and the name of that table."""
    found: set[tuple[Path, str]] = set()
    for path in MODELS.rglob("*.sql"):
        text = path.read_text(encoding="utf-8")
        found |= {(path, f"{source}.{table}") for source, table in READS.findall(text)}
    return sorted((path.stem, table) for path, table in found)


def test_every_computed_table_is_read_by_a_model() -> None:
    assert {table for _, table in readers()} == computed_tables().keys()


# A step between marts (int_*) passes no table on.
@pytest.mark.parametrize(("model", "table"), [pair for pair in readers() if not pair[0].startswith("int_")])
def test_a_mart_has_the_columns_and_types_of_the_table_it_passes_on(model: str, table: str) -> None:
    columns = {column["name"]: column["data_type"] for column in descriptions()[model]["columns"]}
    assert columns.items() >= computed_tables()[table].columns.items()


def axes_of(table: WrittenTable) -> tuple[str, ...]:
    return tuple(name.removesuffix("_score") for name in table.columns if name.endswith("_score"))


def test_models_and_tables_have_the_axes_of_the_seed_in_its_order() -> None:
    macro = (PROJECT_DIR / "macros" / "health" / "health_axes.sql").read_text(encoding="utf-8")
    listed = re.search(r"return\(\[(.*)\]\)", macro)
    assert listed is not None
    assert tuple(re.findall(r"'(\w+)'", listed[1])) == AXES
    for name in (SCORES, HISTORY):
        assert axes_of(computed_tables()[name]) == AXES, name


def test_scores_and_contributions_have_the_columns_of_their_tables() -> None:
    (score,) = scores([a_row(use=1.0)], a_config())
    (contribution,) = contributions([a_row(use=1.0)], a_config())
    assert [*score] == [*computed_tables()[SCORES].columns]
    assert [*contribution] == [*computed_tables()[CONTRIBUTIONS].columns]
