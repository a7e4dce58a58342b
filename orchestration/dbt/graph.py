"""What depends on what in the dbt project, read from its manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestration.computed import COMPUTED_SCHEMAS

Manifest = Mapping[str, Any]


def after_computed(manifest: Manifest) -> set[str]:
    """The nodes that are built or tested from what Python computes."""
    found: set[str] = set()
    todo = [key for key, source in manifest["sources"].items() if source["source_name"] in COMPUTED_SCHEMAS]
    while todo:
        children = set(manifest["child_map"].get(todo.pop(), [])) - found
        found |= children
        todo.extend(children)
    return found


def build_selection(manifest: Manifest, selected: Iterable[str]) -> list[str]:
    """The arguments with which `dbt build` builds these models and seeds and runs what tests can run by then.

    dbt runs a test with any of its models. A test of one model before and one after what Python computes
    has to be kept out of the part before it. All of a part is named by where it begins, because dbt looks for
    each name among all nodes.
    """
    chosen = set(selected)
    late = after_computed(manifest)
    later = [f"source:{schema}+" for schema in COMPUTED_SCHEMAS]
    is_before = late.isdisjoint(chosen)
    whole = {
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed") and (unique_id in late) != is_before
    }
    if chosen == whole:
        return ["--exclude", *later] if is_before else ["--select", *later]
    nodes = [manifest["nodes"][unique_id] for unique_id in sorted(chosen)]
    parents = {parent for node in nodes for parent in node["depends_on"].get("nodes", [])}
    sources = [manifest["sources"][parent] for parent in sorted(parents) if parent in manifest["sources"]]
    names = [".".join(node["fqn"]) for node in nodes]
    names += [f"source:{source['source_name']}.{source['name']}" for source in sources]
    return ["--select", *names, *(["--exclude", *later] if is_before else [])]
