"""Estimates what campaigns changed, between the counts that it reads and the mart that reads it."""

import logging
from collections.abc import Sequence

import dagster as dg

from orchestration.computed import written_tables
from orchestration.effects import STRATA, estimate_effects
from orchestration.resources import Warehouse

logger = logging.getLogger(__name__)


def campaign_effects(inputs: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The table of effects; `inputs` are the models that it is computed from."""
    (table,) = written_tables("effects")

    @dg.multi_asset(
        name="campaign_effects",
        specs=[
            dg.AssetSpec(
                dg.AssetKey([table.schema, table.name]),
                deps=inputs,
                group_name="effects",
                description=table.description,
            )
        ],
    )
    def effects(warehouse: dg.ResourceParam[Warehouse]) -> dg.MaterializeResult:
        """Compare treated with control accounts and replace the table of effects."""
        logger.info("estimating the effects of campaigns")
        strata = warehouse.engine.rows(f"select * from {STRATA}")
        found = estimate_effects(strata)
        warehouse.engine.save(table.full_name, table.checked(found))
        campaigns = len({effect["campaign_id"] for effect in found})
        return dg.MaterializeResult(
            metadata={"strata": len(strata), "campaigns": campaigns, "effects": len(found)}
        )

    return effects
