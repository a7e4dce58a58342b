"""Puts the pieces together, nothing else."""

from __future__ import annotations

import dagster as dg

from orchestration.assets.effects import campaign_effects
from orchestration.assets.health import health_scores
from orchestration.assets.publish import published
from orchestration.assets.raw import raw_assets
from orchestration.dbt.translator import Translator, dbt_models
from orchestration.health.config import SEEDS
from orchestration.jobs import daily_refresh, refresh_job
from orchestration.resources import Warehouse, open_warehouse, warehouse_resource
from orchestration.settings import load_settings


@dg.definitions
def definitions() -> dg.Definitions:
    """What Dagster shows and runs, for the settings of the environment."""
    return warehouse_definitions(open_warehouse(load_settings()))


def warehouse_definitions(warehouse: Warehouse) -> dg.Definitions:
    """The asset graph of one warehouse: raw files → dbt → what Python computes → dbt → release."""
    manifest = warehouse.dbt.manifest()
    key_of = Translator().get_asset_key
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    raw = [key_of(source) for source in manifest["sources"].values() if source["schema"] == "raw"]
    health_models = ("int_account_measures", "int_account_outcomes", *SEEDS)
    health_inputs = [key_of(node) for node in nodes if node["name"] in health_models]
    effect_inputs = [key_of(node) for node in nodes if node["name"] == "int_campaign_strata"]
    marts = [key_of(node) for node in nodes if node["config"].get("schema") == "marts"]
    return dg.Definitions(
        assets=[
            raw_assets(raw),
            dbt_models(manifest),
            health_scores(health_inputs),
            campaign_effects(effect_inputs),
            published(manifest, marts),
        ],
        jobs=[refresh_job],
        schedules=[daily_refresh(warehouse.settings.reporting_timezone)],
        resources={"warehouse": warehouse_resource(warehouse)},
        # One process: DuckDB has one writer, and starting a process per step costs more than the steps.
        executor=dg.in_process_executor,
    )
