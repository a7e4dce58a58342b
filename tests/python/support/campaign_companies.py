"""Simulated companies whose campaigns have a known effect, and what is estimated of them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.loading import land
from orchestration.loading.contract import SOURCES_PATH
from orchestration.settings import Settings
from simulator import SimulatorConfig, read_contract, simulate

from .warehouse import Warehouse

EFFECTS = "kpi_campaign_effects"
HORIZONS = {"retained_90d": "true_effect_churn_90d", "retained_180d": "true_effect_churn_180d"}


@dataclass(frozen=True)
class Estimate:
    """One estimated effect on retention beside the true one; all are shares."""

    seed: int
    campaign_id: str
    outcome: str
    is_randomised: bool
    treated_accounts: int
    control_accounts: int
    difference: float
    ci_low: float
    ci_high: float
    true_effect: float

    @property
    def is_covered(self) -> bool:
        """The interval holds the true effect."""
        return self.ci_low <= self.true_effect <= self.ci_high


def estimates_of(warehouse: Warehouse, seed: int, accounts: int, months: int = 36) -> list[Estimate]:
    """The effects on retention of every campaign of a seed's company that had somebody to compare.

    Few events: use does not feed back into who stays, it only tells active accounts from idle ones.
    """
    config = SimulatorConfig(
        accounts=accounts, months=months, events=accounts * 50, seed=seed, scenario="classic"
    )
    with tempfile.TemporaryDirectory() as folder:
        company = simulate(config, read_contract(SOURCES_PATH), Path(folder) / "company")
        settings = Settings(
            raw_dir=company.raw_dir,
            warehouse_dir=Path(folder) / "warehouse",
            as_of_date=config.end_date,
            reporting_currency="USD",
            reporting_timezone="UTC",
            csv_encoding="utf-8",
            dbt_target="duckdb",
        )
        land(settings, warehouse.connection, "run")
        warehouse.build_models()
        effects = warehouse.rows(EFFECTS)
        truth = true_effects(company.truth_dir)
    found = []
    for effect in effects:
        campaign, outcome = effect["campaign_id"], effect["outcome"]
        if outcome in HORIZONS and effect["difference"] is not None:
            known = truth[campaign]
            found.append(
                Estimate(
                    seed=seed,
                    campaign_id=campaign,
                    outcome=outcome,
                    is_randomised=bool(known["is_randomised"]),
                    treated_accounts=effect["treated_accounts"],
                    control_accounts=effect["control_accounts"],
                    difference=effect["difference"],
                    ci_low=effect["ci_low"],
                    ci_high=effect["ci_high"],
                    # Who does not leave stays.
                    true_effect=-float(known[HORIZONS[outcome]]),
                )
            )
    return found


def true_effects(truth_dir: Path) -> dict[str, dict[str, float | bool]]:
    """What each campaign truly did, by campaign."""
    found = duckdb.sql(f"select * from '{truth_dir}/campaign_effects.parquet'")
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    return {row["campaign_id"]: row for row in rows}
