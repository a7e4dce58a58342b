"""Puts the pieces together, nothing else."""

from __future__ import annotations

import dagster as dg

from orchestration.assets.dbt import dbt_models
from orchestration.assets.health import health_scores
from orchestration.assets.inputs import input_checks
from orchestration.assets.publish import published
from orchestration.assets.raw import LANDED, raw_assets
from orchestration.dbt.translator import Translator, inputs_of
from orchestration.jobs import close_job, daily_refresh, monthly_close, refresh_job
from orchestration.notices.sensors import notice_sensors
from orchestration.resources import HeldWarehouse, Warehouse, open_warehouse
from orchestration.run_history import killed_runs_sensor
from orchestration.settings import load_settings


@dg.definitions
def definitions() -> dg.Definitions:
    """What Dagster shows and runs, for the settings of the environment."""
    return warehouse_definitions(open_warehouse(load_settings()))


def warehouse_definitions(warehouse: Warehouse) -> dg.Definitions:
    """The asset graph of one warehouse: raw files → dbt → what Python computes → dbt → release."""
    manifest = warehouse.dbt.manifest()
    key_of = Translator().get_asset_key
    raw = [key_of(source) for source in manifest["sources"].values() if source["schema"] in LANDED]
    marts = [key_of(node) for node in manifest["nodes"].values() if node["config"].get("schema") == "marts"]
    return dg.Definitions(
        assets=[
            raw_assets(raw),
            dbt_models(manifest),
            health_scores(inputs_of(manifest, "health_scores")),
            published(manifest, marts),
        ],
        asset_checks=input_checks(manifest),
        jobs=[refresh_job, close_job],
        schedules=[daily_refresh(warehouse.settings.reporting_timezone), monthly_close(warehouse.settings)],
        sensors=[killed_runs_sensor(warehouse.settings.warehouse_dir), *notice_sensors(warehouse.settings)],
        resources={"warehouse": HeldWarehouse(warehouse=warehouse)},
        # One process: DuckDB has one writer, and starting a process per step costs more than the steps.
        executor=dg.in_process_executor,
    )
