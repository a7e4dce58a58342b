"""Scores the health of every account and tests the scores, between the models read and those that read them.

One step, because dbt would run once more between two.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import dagster as dg

from orchestration.assets.backtest import CHECKS, backtested
from orchestration.assets.backtest import TABLES as BACKTESTS
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
            for key, description in {**TABLES, **BACKTESTS}.items()
        ],
        check_specs=CHECKS,
    )
    def scores(
        warehouse: dg.ResourceParam[Warehouse],
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        """Score the accounts, test the scores on history, and replace the health tables."""
        logger.info("scoring account health")
        counts = asdict(warehouse.engine.score())
        for key in TABLES:
            yield dg.MaterializeResult(asset_key=key, metadata=counts)
        yield from backtested(warehouse)

    return scores
