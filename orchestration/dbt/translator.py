"""How the nodes of the dbt project become assets and asset checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from orchestration.dbt.graph import Manifest, after_computed

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


def inputs_of(manifest: Manifest, step: str) -> list[dg.AssetKey]:
    """The assets that a step in Python reads: what the dbt exposure of its name depends on.

    Raises:
        KeyError: the project has no such exposure.
    """
    exposures = {exposure["name"]: exposure for exposure in manifest["exposures"].values()}
    nodes = exposures[step]["depends_on"]["nodes"]
    return [Translator().get_asset_key(manifest["nodes"][unique_id]) for unique_id in nodes]
