"""Lands the raw files as they are."""

import logging
from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.assets.inputs import freshness_policy
from orchestration.computed import HISTORY_SOURCE
from orchestration.delivery import Delivery, read_delivery
from orchestration.loading.raw_sources import bring_raw
from orchestration.privacy.purging import finish, is_to_purge, purge
from orchestration.release.inputs import save_inputs
from orchestration.release.releases import published_release
from orchestration.resources import Warehouse
from orchestration.run_history import forget_ended_runs

# The schemas that the loader fills.
LANDED = ("raw", HISTORY_SOURCE)

logger = logging.getLogger(__name__)


def raw_assets(keys: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """One asset per table that the loader writes."""

    @dg.multi_asset(
        name="raw",
        specs=[
            dg.AssetSpec(key, group_name="raw", kinds={"duckdb"}, freshness_policy=freshness_policy(key))
            for key in keys
        ],
    )
    def raw(
        context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.MaterializeResult]:
        """Find the files of the raw folder, check that they are files of the contract, and land them."""
        settings = warehouse.settings
        logger.info("loading tables from %s", settings.raw_dir)
        delivery = _delivery(warehouse)
        if delivery.reason:
            logger.info("building everything anew: %s", delivery.reason)
        save_inputs(settings.inputs_path, context.run.run_id, delivery.inputs)
        loaded = warehouse.engine.land(context.run.run_id, delivery.inspection)
        if is_to_purge(settings):
            logger.info("taking who was erased out of kept releases, history and logs")
            for name in purge(settings):
                logger.info("written anew without who was erased: release %s", name)
            if not forget_ended_runs(context.instance, settings.warehouse_dir, context.run.run_id):
                logger.warning(
                    "Dagster's history in $DAGSTER_HOME is shared by warehouses and was left as it is; "
                    "remove the runs of this one there, which may name who was erased"
                )
            finish(settings)
        for ignored in loaded.ignored:
            logger.info("not a table of the contract, so not read: %s", ignored)
        for one in (one for files in delivery.inspection.files.values() for one in files):
            if one.csv_file and one.csv_file.read_as:
                logger.info("%s was read as %s", one.file.name, one.csv_file.read_as)
        for name in (name for table in loaded.tables for name in table.empty_files):
            logger.info("%s holds a header and no rows", name)
        counts = {table.name: {"files": table.files, "rows": table.rows_read} for table in loaded.tables}
        for key in keys:
            yield dg.MaterializeResult(asset_key=key, metadata=counts.get(key.path[-1]))

    return raw


def _delivery(warehouse: Warehouse) -> Delivery:
    """What was found before the run began, unless another run has published since."""
    published = published_release(warehouse.settings.warehouse_dir)
    given = warehouse.delivery
    if given and given.published_by == (published.run_id if published else None):
        return given
    bring_raw(warehouse.settings)
    return read_delivery(warehouse.settings)
