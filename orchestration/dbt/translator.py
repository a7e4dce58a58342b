"""The dbt project as assets, its tests as asset checks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from orchestration.computed import COMPUTED_SCHEMAS
from orchestration.dbt.results import failure_report, save_results
from orchestration.dbt.runner import NodeResult
from orchestration.resources import Warehouse

Manifest = Mapping[str, Any]
SETTINGS = dg.AssetKey(["load", "settings"])


class Translator(DagsterDbtTranslator):
    """Groups by layer, owners from dbt's groups, one check per test."""

    def get_asset_spec(self, manifest: Manifest, unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        if any(spec.deps) or unique_id.startswith("source."):
            return spec
        # Seeds wait for the loader too: otherwise Dagster would run dbt a third time, for them alone.
        return spec.replace_attributes(deps=[SETTINGS])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        if dbt_resource_props["resource_type"] in ("seed", "source"):
            return dbt_resource_props["schema"]
        layer, *subjects = dbt_resource_props["fqn"][1:-1]
        return subjects[0] if layer == "marts" and subjects else layer

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        email = (dbt_resource_props.get("group") or {}).get("owner", {}).get("email")
        return [email] if isinstance(email, str) else email

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Manifest, unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        key = self.check_key(manifest, unique_id)
        if key is None or key.asset_key != asset_spec.key:
            return None
        test = manifest["nodes"][unique_id]
        return dg.AssetCheckSpec(
            name=key.name,
            asset=key.asset_key,
            description=test.get("description") or None,
            blocking=test["config"]["severity"].lower() == "error",
        )

    def check_key(self, manifest: Manifest, test_id: str) -> dg.AssetCheckKey | None:
        """The check of a test: on the model that it is written beside; for a test of several models on one of
        those that are built last, where it runs. None for a test of sources alone."""
        test = manifest["nodes"][test_id]
        parents = [parent for parent in test["depends_on"]["nodes"] if parent in manifest["nodes"]]
        if not parents:
            return None
        late = after_computed(manifest)
        first = test.get("attached_node") or parents[0]
        chosen = max([first, *parents], key=lambda parent: (parent in late, parent == first))
        return dg.AssetCheckKey(self.get_asset_key(manifest["nodes"][chosen]), test["name"])


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
    has to be kept out of the part before it.
    """
    nodes = [manifest["nodes"][unique_id] for unique_id in sorted(selected)]
    parents = {parent for node in nodes for parent in node["depends_on"].get("nodes", [])}
    sources = [manifest["sources"][parent] for parent in sorted(parents) if parent in manifest["sources"]]
    names = [".".join(node["fqn"]) for node in nodes]
    names += [f"source:{source['source_name']}.{source['name']}" for source in sources]
    is_before = after_computed(manifest).isdisjoint(node["unique_id"] for node in nodes)
    later = [f"source:{schema}+" for schema in COMPUTED_SCHEMAS]
    return ["--select", *names, *(["--exclude", *later] if is_before else [])]


def dbt_models(manifest: Manifest) -> dg.AssetsDefinition:
    """Every model and seed. Dagster runs dbt twice: before what Python computes and after it."""
    translator = Translator()

    @dbt_assets(manifest=manifest, dagster_dbt_translator=translator, name="dbt_models")
    def models(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        """Build the selected models and run every test that can run by then."""
        selected = [
            unique_id
            for unique_id, node in manifest["nodes"].items()
            if node["resource_type"] in ("model", "seed")
            and translator.get_asset_key(node) in context.selected_asset_keys
        ]
        results = warehouse.dbt.build(build_selection(manifest, selected))
        save_results(warehouse.dbt.target_dir, context.run.run_id, results)
        for result in results:
            yield from _events(manifest, translator, result, context.selected_asset_check_keys)
        if not all(result.is_good for result in results):
            raise dg.Failure(failure_report(results, warehouse.engine), allow_retries=False)

    return models


def _events(
    manifest: Manifest, translator: Translator, result: NodeResult, checks: Iterable[dg.AssetCheckKey]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """What Dagster shows of one result. Unit tests are no assets' checks: they only let the run fail."""
    node = manifest["nodes"].get(result.unique_id)
    if node is None or result.status == "skipped":
        return
    metadata = {"seconds": result.seconds, "dbt_status": result.status}
    if node["resource_type"] != "test":
        if result.is_good:
            yield dg.MaterializeResult(asset_key=translator.get_asset_key(node), metadata=metadata)
        return
    key = translator.check_key(manifest, result.unique_id)
    if key is not None and key in checks:
        is_warning = result.status == "warn"
        yield dg.AssetCheckResult(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=result.status == "pass",
            severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
            metadata={**metadata, "failing_rows": result.failures or 0},
        )
