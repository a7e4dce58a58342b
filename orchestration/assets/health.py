"""Scores the health of every account and tests the scores on history, between the two runs of dbt.

One step, because dbt would have to run between two.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import dagster as dg

from orchestration.computed import WrittenTable, written_tables
from orchestration.health.chances import CHANCES
from orchestration.health.evaluation.backtest import MAIN_HORIZON, Backtest
from orchestration.health.evaluation.observations import read_observations
from orchestration.health.evaluation.report import REPORT_FILES, is_better_than, write_report
from orchestration.health.evaluation.reuse import reused_backtest
from orchestration.health.history import CONTRIBUTIONS, HISTORY, SCORES, VALUES
from orchestration.resources import Warehouse

logger = logging.getLogger(__name__)

SCORED = (SCORES, VALUES, CONTRIBUTIONS, HISTORY)
BACKTEST = "health.backtest"
# Models of one fact alone: a score that predicts no better adds nothing.
BASELINES = ("recency", "tenure", "end_of_term")


def health_scores(inputs: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The health tables; `inputs` are the models and seeds that they are computed from."""

    @dg.multi_asset(
        name="health_scores",
        specs=[
            dg.AssetSpec(_key(table), deps=inputs, group_name="health", description=table.description)
            for table in written_tables("health")
        ],
        check_specs=[_check(model) for model in BASELINES],
    )
    def scores(
        warehouse: dg.ResourceParam[Warehouse],
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        """Score the accounts, test the scores on history, and replace the health tables."""
        tables = {table.full_name: table for table in written_tables("health")}
        logger.info("scoring account health")
        counts = asdict(warehouse.engine.score())
        for name in SCORED:
            yield dg.MaterializeResult(asset_key=_key(tables[name]), metadata=counts)
        logger.info("testing the health score on history")
        backtest, markdown = backtest_scores(warehouse)
        yield dg.MaterializeResult(asset_key=_key(tables[CHANCES]))
        for name, rows in backtest.tables.items():
            warehouse.engine.save(name, tables[name].checked(rows))
            shown = {"report": dg.MetadataValue.md(markdown)} if name == BACKTEST else {}
            yield dg.MaterializeResult(asset_key=_key(tables[name]), metadata={"rows": len(rows), **shown})
        for model in BASELINES:
            yield _checked(model, is_better_than(backtest, model))

    return scores


def backtest_scores(warehouse: Warehouse) -> tuple[Backtest, str]:
    """The backtest, and its report, which is written with its pictures where `publish` finds them.

    The chances of every account follow from the backtest, and are written too.
    """
    settings = warehouse.settings
    observations, config = read_observations(warehouse.engine)
    backtest = reused_backtest(observations, config, settings.backtest_path)
    warehouse.engine.write_chances(backtest.curves)
    return backtest, write_report(backtest, config, settings.reports_dir)[settings.language]


def _key(table: WrittenTable) -> dg.AssetKey:
    return dg.AssetKey([table.schema, table.name])


def _check(model: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        f"score_is_better_than_{model}",
        asset=dg.AssetKey(BACKTEST.split(".")),
        blocking=False,
        description=f"The health score predicts churn better than {model} alone.",
    )


def _checked(model: str, is_better: bool | None) -> dg.AssetCheckResult:
    """The result of a check; with too little history it passes."""
    if is_better is False:
        logger.warning(
            "the health score predicts churn within %d days no better than %s alone; "
            "see reports/%s in the release",
            MAIN_HORIZON,
            model,
            REPORT_FILES["en"],
        )
    spec = _check(model)
    return dg.AssetCheckResult(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=is_better is not False,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"enough_history": is_better is not None},
    )
