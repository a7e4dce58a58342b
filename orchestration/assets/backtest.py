"""Tests the health score on history, and says in plain words what was found."""

import logging
from collections.abc import Iterator

import dagster as dg

from orchestration.engines import Engine
from orchestration.health.backtest import on_one_thread
from orchestration.health.config import SEEDS, HealthConfig, health_config
from orchestration.health.observed import Observed, observed, query
from orchestration.health.proof import MAIN_HORIZON, Proof, prove
from orchestration.health.report import REPORT_FILE, is_better_than, pictures, report
from orchestration.resources import Warehouse

logger = logging.getLogger(__name__)

TABLES = {
    dg.AssetKey(["health", "backtest"]): "One row per as-of window, horizon, segment and model.",
    dg.AssetKey(["health", "leading_indicators"]): "One row per measure, KPI and lag.",
    dg.AssetKey(["health", "suggestions"]): "One row per measure: its weight, and what history suggests.",
}
BACKTEST = next(iter(TABLES))
BASELINES = ("recency", "tenure")


CHECKS = [
    dg.AssetCheckSpec(
        f"score_is_better_than_{model}",
        asset=BACKTEST,
        blocking=False,
        description=f"The health score foretells churn better than {model} alone.",
    )
    for model in BASELINES
]


def backtested(warehouse: Warehouse) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Compare past scores with what came after, and write tables, report and pictures."""
    logger.info("testing the health score on history")
    proof, markdown = prove_scores(warehouse)
    for key, rows in zip(TABLES, (proof.backtest, proof.indicators, proof.suggestions), strict=True):
        warehouse.engine.save(".".join(key.path), rows)
        shown = {"report": dg.MetadataValue.md(markdown)} if key == BACKTEST else {}
        yield dg.MaterializeResult(asset_key=key, metadata={"rows": len(rows), **shown})
    for model, check in zip(BASELINES, CHECKS, strict=True):
        is_better = is_better_than(proof, model)
        if is_better is False:
            logger.warning(
                "the health score foretells churn within %d days no better than %s alone; "
                "see reports/%s in the release",
                MAIN_HORIZON,
                model,
                REPORT_FILE,
            )
        yield dg.AssetCheckResult(
            asset_key=BACKTEST,
            check_name=check.name,
            passed=is_better is not False,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"told": is_better is not None},
        )


def read_observed(engine: Engine) -> tuple[Observed, HealthConfig]:
    """Past scores of the build database with what came after them, and the rules they follow.

    Raises:
        HealthConfigError: the seeds cannot be scored with.
    """
    seeds = {seed: engine.rows(f"select * from seeds.{seed}") for seed in SEEDS}
    config = health_config(seeds)
    most = {row["setting_id"]: row["setting_value"] for row in seeds["health_settings"]}["backtest_accounts"]
    accounts = engine.rows("select max(account_number) as accounts from intermediate.int_account_outcomes")
    # Every n-th account: the same ones in every run, however large the history.
    every = max(-(-int(accounts[0]["accounts"] or 0) // int(most)), 1)
    return observed(engine.table(query(every)), config), config


def prove_scores(warehouse: Warehouse) -> tuple[Proof, str]:
    """The proof, and its report, which is written with its pictures where `publish` finds them."""
    history, config = read_observed(warehouse.engine)
    with on_one_thread():
        proof = prove(history, config)
    labels = {
        str(row["measure_id"]): str(row["label_en"])
        for row in warehouse.engine.rows("select measure_id, label_en from seeds.health_measures")
    }
    markdown = report(proof, labels)
    folder = warehouse.settings.reports_dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT_FILE).write_text(markdown, encoding="utf-8")
    for name, picture in pictures(proof).items():
        (folder / name).write_bytes(picture)
    return proof, markdown
