"""The dbt project as assets, its tests as asset checks."""

from collections.abc import Iterable, Iterator

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.dbt.graph import Manifest, build_selection
from orchestration.dbt.results import NodeResult, failure_report, save_results
from orchestration.dbt.translator import Translator
from orchestration.privacy.redaction import shown_columns
from orchestration.resources import Warehouse


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
            raise dg.Failure(
                failure_report(results, warehouse.engine, shown_columns(manifest)), allow_retries=False
            )

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
