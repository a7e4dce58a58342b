"""Scores the health of every account, between the models it reads and the models that read it."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import dagster as dg

from orchestration.resources import Warehouse

logger = logging.getLogger(__name__)

TABLES = {
    dg.AssetKey(["health", "account_scores"]): "One row per account and as-of date.",
    dg.AssetKey(
        ["health", "account_contributions"]
    ): "One row per account and measure, on the newest as-of date.",
    dg.AssetKey(["health", "score_history"]): "One row per account, past as-of date and configuration.",
}


def health_scores(inputs: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The health tables; `inputs` are the models and seeds that they are computed from."""

    @dg.multi_asset(
        name="health_scores",
        specs=[
            dg.AssetSpec(key, deps=inputs, group_name="health", description=description)
            for key, description in TABLES.items()
        ],
    )
    def scores(warehouse: dg.ResourceParam[Warehouse]) -> Iterator[dg.MaterializeResult]:
        """Score the accounts and replace the health tables of the build database."""
        logger.info("scoring account health")
        counts = asdict(warehouse.engine.score())
        for key in TABLES:
            yield dg.MaterializeResult(asset_key=key, metadata=counts)

    return scores
