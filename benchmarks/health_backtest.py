"""How close does the health score come to the hidden hazard of simulated companies?

    python benchmarks/health_backtest.py FOLDER [SEED ...]

For each seed: simulate 3,000 accounts over three years in FOLDER, run the warehouse as shipped, and compare
the AUC of its health_backtest at 90 days with that of the hazard that the simulator keeps beside raw data.
Printed is (AUC - 0.5) / (AUC of the hazard - 0.5): for shipped weights, for what `make tune-health` proposes
on dates later than those it was fitted on, and for its proposal over all dates, which it was fitted on too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from orchestration.engines import DuckDBEngine  # noqa: E402
from orchestration.health.evaluation.backtest import LEAD_DAYS, MAIN_HORIZON  # noqa: E402
from orchestration.health.evaluation.metrics import auc_of, on_one_thread  # noqa: E402
from orchestration.health.evaluation.observations import read_observations  # noqa: E402
from orchestration.health.evaluation.seed_proposal import propose  # noqa: E402
from orchestration.health.evaluation.tuning import position, scores  # noqa: E402
from orchestration.loading.contract import SOURCES_PATH  # noqa: E402
from orchestration.settings import load_settings  # noqa: E402
from simulator import SimulatorConfig, read_contract, simulate  # noqa: E402

ACCOUNTS, EVENTS = 3_000, 3_750_000
SEEDS = (7, 21, 42)


def main(folder: Path, seeds: tuple[int, ...]) -> None:
    """Print one line per seed."""
    print("seed  hazard  score  shipped  tuned, later dates  tuned, all dates  tenure  recency")
    for seed in seeds:
        place = folder / f"seed_{seed}"
        if not (place / "truth").exists():
            config = SimulatorConfig(accounts=ACCOUNTS, events=EVENTS, seed=seed, scenario="classic")
            simulate(config, read_contract(SOURCES_PATH), place)
        environment = {"CSKPI_RAW_DIR": str(place / "raw"), "CSKPI_WAREHOUSE_DIR": str(place / "warehouse")}
        run = [sys.executable, "-m", "orchestration", "run"]
        subprocess.run(
            run, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL
        )
        print(compare(seed, place, environment))


def compare(seed: int, place: Path, environment: dict[str, str]) -> str:
    """The figures of one company."""
    settings = load_settings(environment)
    published = settings.published_link / "cs_kpi.duckdb"
    with duckdb.connect(str(published), read_only=True) as connection:
        figures = dict(
            connection.execute(
                "select model, auc from marts.health_backtest where segment_dimension = 'all' "
                "and horizon_days = ? and model != 'logistic' order by as_of_from desc",
                [MAIN_HORIZON],
            ).fetchall()
        )
    hazards = duckdb.sql(
        f"select account_id, as_of_date - date '1970-01-01', churn_probability_90d "
        f"from read_parquet('{place / 'truth' / 'account_hazards.parquet'}')"
    ).fetchall()
    hazard_of = {(account, day): hazard for account, day, hazard in hazards}
    history, config = read_observations(DuckDBEngine(settings))
    hazard = np.array(
        [
            hazard_of.get((str(account), int(day)), np.nan)
            for account, day in zip(history.account, history.day, strict=True)
        ]
    )
    rows = history.mature(MAIN_HORIZON) & ~np.isnan(hazard)
    outcome = history.churned(LEAD_DAYS, MAIN_HORIZON)[rows]
    truth = auc_of(hazard[rows], outcome)
    with on_one_thread():
        proposal = propose(history, config)
    assert proposal is not None, "a company of this size has history enough"
    placed = np.column_stack(
        [position(measure, history.raw[:, number]) for number, measure in enumerate(proposal.measures)]
    )
    placed = np.where(np.isnan(history.values), np.nan, placed)[rows]
    weights = np.array([measure.weight for measure in proposal.measures])
    tuned = auc_of(-scores(placed, weights), outcome)

    later = history.day[rows] >= proposal.tested_from
    truth_later = auc_of(hazard[rows][later], outcome[later])

    def share(auc: float, of: float = truth) -> float:
        return (auc - 0.5) / (of - 0.5)

    return (
        f"{seed:4}  {truth:.3f}  {figures['score']:.3f}  {share(figures['score']):7.3f}  "
        f"{share(proposal.proposed, truth_later):18.3f}  {share(tuned):16.3f}  {figures['tenure']:6.3f}  "
        f"{figures['recency']:7.3f}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(int(seed) for seed in sys.argv[2:]) or SEEDS)
