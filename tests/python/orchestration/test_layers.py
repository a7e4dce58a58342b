"""The tables of CONTRIBUTING.md on what each layer may read, held against dbt's manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import pytest

from orchestration.dbt.graph import after_computed
from orchestration.dbt.runner import Dbt
from orchestration.settings import PROJECT_DIR

from ..support.commands import CommandRun

Manifest = Mapping[str, Any]

CORE = "models/marts/core"
# A failing data test of one of these must leave revenue built and tested.
NOT_OF_REVENUE = {
    "stg_campaigns",
    "stg_cs_activities",
    "stg_opportunities",
    "stg_product_events",
    "stg_reviews",
    "stg_support_tickets",
    "stg_survey_responses",
}


def table_rows(header: str) -> list[list[list[str]]]:
    """The rows of the table in CONTRIBUTING.md that has this header: of each cell, the words in backticks."""
    text = (PROJECT_DIR / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _, _, below = text.partition(f"\n{header}\n")
    rows = re.match(r"\|[-| ]+\|\n((?:\|.*\|\n)+)", below)
    assert rows, f"CONTRIBUTING.md has no table with the header {header}"
    return [
        [re.findall("`([^`]+)`", cell) for cell in row.strip("|").split("|")] for row in rows[1].splitlines()
    ]


LAYERS = {folder: reads for (folder,), _, reads in table_rows("| Folder | What is in it | May read |")}
FINER_FACTS = {(fact, finer) for (fact,), (finer,) in table_rows("| Fact | Finer fact that it reads |")}


@pytest.fixture(scope="module")
def manifest(example_run: CommandRun) -> Manifest:
    return Dbt(PROJECT_DIR, example_run.warehouse_dir).manifest()


def layer(node: Mapping[str, Any]) -> str:
    """The folder of CONTRIBUTING.md that a model or seed lies in, or `source:` and the name of a source."""
    if node["resource_type"] == "source":
        return f"source:{node['source_name']}"
    path = PurePosixPath(node["original_file_path"])
    return next(str(folder) for folder in path.parents if str(folder) in LAYERS)


def domain(node: Mapping[str, Any]) -> str:
    return PurePosixPath(node["original_file_path"]).parent.name


def models(manifest: Manifest) -> list[Mapping[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def edges(manifest: Manifest) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Every model with each model, seed or source that it reads."""
    known = {**manifest["nodes"], **manifest["sources"]}
    for node in models(manifest):
        for parent in node["depends_on"]["nodes"]:
            yield node, known[parent]


def is_finer_fact(node: Mapping[str, Any], parent: Mapping[str, Any]) -> bool:
    return domain(node) == domain(parent) and (node["name"], parent["name"]) in FINER_FACTS


def may_read(node: Mapping[str, Any], parent: Mapping[str, Any]) -> bool:
    """Whether the tables of CONTRIBUTING.md allow that a model reads another node."""
    if layer(node) == layer(parent) == CORE:
        return parent["name"].startswith("dim_") or is_finer_fact(node, parent)
    return layer(parent) in LAYERS[layer(node)]


def ancestors(manifest: Manifest, unique_id: str) -> set[str]:
    found: set[str] = set()
    todo = [unique_id]
    while todo:
        parents = set(manifest["parent_map"].get(todo.pop(), [])) - found
        found |= parents
        todo.extend(parents)
    return found


def test_every_model_and_seed_lies_in_a_layer(manifest: Manifest) -> None:
    found = {layer(node) for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")}
    assert found == set(LAYERS)


def test_models_read_only_what_their_layer_may_read(manifest: Manifest) -> None:
    forbidden = [
        f"{node['name']} in {layer(node)} reads {parent['name']} in {layer(parent)}"
        for node, parent in edges(manifest)
        if not may_read(node, parent)
    ]
    assert forbidden == []


def test_every_layer_reads_what_the_table_says_that_it_may(manifest: Manifest) -> None:
    read = {(layer(node), layer(parent)) for node, parent in edges(manifest)}
    unused = {(folder, other) for folder, others in LAYERS.items() for other in others} - read
    assert unused == set()


def test_every_finer_fact_of_the_table_is_read(manifest: Manifest) -> None:
    assert {(node["name"], parent["name"]) for node, parent in edges(manifest)} >= FINER_FACTS


def test_models_of_the_first_pass_rest_on_nothing_that_python_computes(manifest: Manifest) -> None:
    late = after_computed(manifest)
    first_pass = ("models/staging", "models/intermediate", "models/features", CORE, "models/marts/kpis")
    found = [node for node in models(manifest) if node["unique_id"] in late]
    assert found
    assert [node["name"] for node in found if node["original_file_path"].startswith(first_pass)] == []


def test_a_failing_test_of_another_input_does_not_stop_revenue(manifest: Manifest) -> None:
    """dbt skips what is downstream of a failing test, so revenue must not be downstream of these models."""
    names = {unique_id: node["name"] for unique_id, node in manifest["nodes"].items()}
    revenue = [node for node in models(manifest) if domain(node) == "revenue"]
    assert revenue
    assert set(names.values()) >= NOT_OF_REVENUE
    found = {
        (node["name"], names[parent])
        for node in revenue
        for parent in ancestors(manifest, node["unique_id"])
        if names.get(parent) in NOT_OF_REVENUE
    }
    assert found == set()


def test_no_data_test_stands_between_the_input_and_the_as_of_date(manifest: Manifest) -> None:
    (settings,) = (node for node in manifest["nodes"].values() if node["name"] == "int_settings")
    above = ancestors(manifest, settings["unique_id"])
    tests = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and node["config"]["severity"].lower() == "error"
        and above.intersection(node["depends_on"]["nodes"])
        and set(node["depends_on"]["nodes"]) <= above
    ]
    assert tests == []
