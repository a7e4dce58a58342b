"""Lands the raw files as they are."""

import logging
from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.demo import make_demo
from orchestration.release.inputs import current_inputs, save_inputs
from orchestration.release.releases import published_release, refuse_other_origin
from orchestration.resources import Warehouse
from orchestration.settings import PROJECT_DIR

logger = logging.getLogger(__name__)


def raw_assets(keys: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """One asset per table that the loader writes."""

    @dg.multi_asset(name="raw", specs=[dg.AssetSpec(key, group_name="raw", kinds={"duckdb"}) for key in keys])
    def raw(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.MaterializeResult]:
        """Find the files of the raw folder, check that they are files of the contract, and land them."""
        settings = warehouse.settings
        before = published_release(settings.warehouse_dir)
        refuse_other_origin(before, warehouse.origin, settings.as_of_date, settings.warehouse_dir)
        make_demo(settings.raw_dir)
        logger.info("loading tables from %s", settings.raw_dir)
        inputs = current_inputs(settings, PROJECT_DIR, before.inputs if before else None)
        save_inputs(settings.inputs_path, context.run.run_id, inputs)
        loaded = warehouse.engine.land(context.run.run_id, warehouse.inspection)
        for ignored in loaded.ignored:
            logger.info("not a table of the contract, so not read: %s", ignored)
        counts = {table.name: {"files": table.files, "rows": table.rows_read} for table in loaded.tables}
        for key in keys:
            yield dg.MaterializeResult(asset_key=key, metadata=counts.get(key.path[-1]))

    return raw
