"""Estimates what campaigns changed, between the counts that it reads and the mart that reads it."""

import logging
from collections.abc import Sequence

import dagster as dg

from orchestration.effects import estimate_effects
from orchestration.resources import Warehouse

logger = logging.getLogger(__name__)

TABLE = "effects.campaign_effects"


def campaign_effects(inputs: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The table of effects; `inputs` are the models that it is computed from."""

    @dg.multi_asset(
        name="campaign_effects",
        specs=[
            dg.AssetSpec(
                dg.AssetKey(TABLE.split(".")),
                deps=inputs,
                group_name="effects",
                description="One row per campaign and outcome with accounts to compare.",
            )
        ],
    )
    def effects(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult:
        """Compare touched with untouched accounts and replace the table of effects."""
        logger.info("estimating the effects of campaigns")
        strata = warehouse.engine.rows("select * from features.int_campaign_strata")
        found = estimate_effects(strata)
        warehouse.engine.save(TABLE, found)
        campaigns = len({effect["campaign_id"] for effect in found})
        return dg.MaterializeResult(
            metadata={"strata": len(strata), "campaigns": campaigns, "effects": len(found)}
        )

    return effects
