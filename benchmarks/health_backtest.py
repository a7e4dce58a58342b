"""How close does the health score come to the hidden hazard of simulated companies?

    python benchmarks/health_backtest.py FOLDER [SEED ...]

For each seed: simulate 3,000 accounts of the scenario `classic` over three years in FOLDER, run the warehouse
as shipped, and compare AUCs at 90 days with that of the hazard that the simulator keeps beside raw data. A
share is (AUC - 0.5) / (AUC of the hazard - 0.5) on the same account dates. Writes benchmarks/HEALTH.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from orchestration.engines import DuckDBEngine  # noqa: E402
from orchestration.health.evaluation.backtest import MAIN_HORIZON  # noqa: E402
from orchestration.health.evaluation.metrics import Bools, Floats, auc_of, on_one_thread  # noqa: E402
from orchestration.health.evaluation.observations import read_observations  # noqa: E402
from orchestration.health.evaluation.seed_proposal import propose  # noqa: E402
from orchestration.loading.contract import SOURCES_PATH  # noqa: E402
from orchestration.settings import load_settings  # noqa: E402
from simulator import SimulatorConfig, read_contract, simulate  # noqa: E402

ACCOUNTS, EVENTS = 3_000, 3_750_000
# Stated before the first run: weights and bands were chosen on other seeds (2, 7, 101, 303), never on these.
SEEDS = (404, 505)
REPORT = ROOT / "benchmarks" / "HEALTH.md"
GOALS = {"shipped": 0.87, "tuned": 0.92, "monthly": 0.85}

WHAT_HOLDS_TUNED = (
    "`tuned`: what `make tune-health` proposes from the earlier dates of the same company, on its later "
    "dates: other weights, other floors and ceilings, or more weight of timing, whichever ranks later "
    "dates best. What holds it: one company has a few hundred leavers, so that a fit of 41 weights ranks "
    "later dates worse than the shipped ones, however strongly it is drawn to them (on seed 505 0.82 to "
    "0.88 of what can be known). One number, the weight of timing, can be learned. A curve in two stages "
    "with the product of end of term and poor health reaches 0.90 there: a customer leaves who is unhappy "
    "and may, which a weighted mean cannot say, and the score stays one so that its points can be "
    "explained."
)

# Customers at month-ends whose 90 days are over, with what the simulator knows of them.
DATES = """
    select
        scores.score,
        scores.health_band,
        scores.as_of_date,
        measures.billing_days,
        coalesce(measures.notice_given, 0) as notice_given,
        measures.days_to_term_end,
        measures.tenure_days,
        measures.days_since_last_use,
        cast(outcomes.mrr as double) as mrr,
        coalesce(outcomes.next_churn_on <= scores.as_of_date + {horizon}, false) as has_churned,
        hazards.churn_probability_90d as hazard,
        hazards.belief
    from health.account_scores as scores
    inner join features.int_account_measures as measures
        on scores.account_id = measures.account_id and scores.as_of_date = measures.as_of_date
    inner join features.int_account_outcomes as outcomes
        on scores.account_id = outcomes.account_id and scores.as_of_date = outcomes.as_of_date
    inner join read_parquet('{hazards}') as hazards
        on scores.account_id = hazards.account_id and scores.as_of_date = hazards.as_of_date
    where scores.as_of_date + {horizon} <= (select max(as_of_date) from health.account_scores)
"""


@dataclass(frozen=True)
class Company:
    """The figures of one company; `bands` has dates, leavers, MRR lost and the sums of all dates by band."""

    seed: int
    churned: int
    hazard: float
    scored: float
    shares: dict[str, float]
    monthly_hazard: float
    alone: dict[str, float]
    bands: dict[str, tuple[int, int, float]]


def main(folder: Path, seeds: tuple[int, ...]) -> None:
    """Print the report, and write it where the stated seeds were used."""
    companies = [compare(seed, *built(folder / f"seed_{seed}", seed)) for seed in seeds]
    text = report(companies)
    print(text)
    if seeds == SEEDS:
        REPORT.write_text(text, encoding="utf-8")


def built(place: Path, seed: int) -> tuple[Path, dict[str, str]]:
    """The company's folder and the environment of its warehouse, after a run."""
    if not (place / "truth").exists():
        config = SimulatorConfig(accounts=ACCOUNTS, events=EVENTS, seed=seed, scenario="classic")
        simulate(config, read_contract(SOURCES_PATH), place)
    environment = {"CSKPI_RAW_DIR": str(place / "raw"), "CSKPI_WAREHOUSE_DIR": str(place / "warehouse")}
    run = [sys.executable, "-m", "orchestration", "run"]
    subprocess.run(run, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    return place, environment


def compare(seed: int, place: Path, environment: dict[str, str]) -> Company:
    """The figures of one company, from its warehouse and its truth."""
    engine = DuckDBEngine(load_settings(environment))
    query = DATES.format(horizon=MAIN_HORIZON, hazards=place / "truth" / "account_hazards.parquet")
    rows = {name: np.array(column) for name, column in engine.table(query).to_pydict().items()}
    outcome = rows["has_churned"].astype(bool)
    hazard = rows["hazard"].astype(np.float64)
    risks = {
        "shipped": -_numbers(rows["score"]),
        "end of term": -_numbers(rows["days_to_term_end"]),
        "tenure": -_numbers(rows["tenure_days"]),
        "recency": _numbers(rows["days_since_last_use"]),
        "satisfaction": -_numbers(rows["belief"]),
    }
    is_scored = ~np.isnan(risks["shipped"])
    monthly = is_scored & (_numbers(rows["billing_days"]) <= 31) & (rows["notice_given"] == 0)

    observations, config = read_observations(engine)
    with on_one_thread():
        proposal = propose(observations, config)
    assert proposal is not None, "a company of this size has history enough"
    day = np.array(rows["as_of_date"], dtype="datetime64[D]").astype(np.int64)
    later = is_scored & (day >= proposal.tested_from)

    def share(name: str, part: Bools) -> float:
        known = part & ~np.isnan(risks[name])
        return _excess(auc_of(risks[name][known], outcome[known]), auc_of(hazard[known], outcome[known]))

    return Company(
        seed=seed,
        churned=int(outcome.sum()),
        hazard=auc_of(hazard[is_scored], outcome[is_scored]),
        scored=float(is_scored.mean()),
        shares={
            "shipped": share("shipped", is_scored),
            "shipped, later dates": share("shipped", later),
            "tuned": _excess(proposal.proposed, auc_of(hazard[later], outcome[later])),
            "monthly": share("shipped", monthly),
            "monthly, satisfaction known": share("satisfaction", monthly),
        },
        monthly_hazard=auc_of(hazard[monthly], outcome[monthly]),
        alone={
            name: auc_of(risks[name][known], outcome[known])
            for name in ("shipped", "end of term", "tenure", "recency")
            for known in [is_scored & ~np.isnan(risks[name])]
        },
        bands={
            str(band): (int(part.sum()), int(outcome[part].sum()), float(rows["mrr"][part & outcome].sum()))
            for band in np.unique(rows["health_band"])
            for part in [rows["health_band"] == band]
        },
    )


def report(companies: list[Company]) -> str:
    """The figures as Markdown."""
    seeds = ", ".join(str(company.seed) for company in companies)
    lines = [
        "# How well the health score predicts",
        "",
        f"Simulated companies of {ACCOUNTS:,} accounts, scenario `classic`, seeds {seeds}; month-ends of "
        f"three years, churn within {MAIN_HORIZON} days. "
        "Made by `python benchmarks/health_backtest.py FOLDER`.",
        "",
        "Shares of the AUC above 0.5 that the hidden hazard has on the same account dates:",
        "",
        *_table(
            ["seed", "churned dates", "AUC of the hazard", *companies[0].shares, "hazard, monthly"],
            [
                [
                    str(company.seed),
                    f"{company.churned:,}",
                    f"{company.hazard:.3f}",
                    *(f"{share:.3f}" for share in company.shares.values()),
                    f"{company.monthly_hazard:.3f}",
                ]
                for company in companies
            ],
        ),
        "",
        *(
            f"- {name}: {mean:.3f} on average, goal {goal} {'met' if mean >= goal else 'not met'}"
            for name, goal in GOALS.items()
            for mean in [np.mean([company.shares[name] for company in companies])]
        ),
        "",
        "`monthly`: monthly payers who gave no notice. `satisfaction known`: what someone would reach "
        "there who knew the decision maker's hidden satisfaction exactly, but neither size, budget nor a "
        "decision already made.",
        "",
        WHAT_HOLDS_TUNED,
        "",
        "AUC beside simpler models, all account dates:",
        "",
        *_table(
            ["seed", *companies[0].alone],
            [[str(company.seed), *(f"{auc:.3f}" for auc in company.alone.values())] for company in companies],
        ),
        "",
        "What a band is worth, all seeds together:",
        "",
        *_table(["band", "account dates", "churned", "of all churned", "of lost MRR"], _band_rows(companies)),
        "",
        "Share of customers with a score: "
        + ", ".join(f"{company.scored:.1%}" for company in companies)
        + ".",
        "",
    ]
    return "\n".join(lines)


def _band_rows(companies: list[Company]) -> list[list[str]]:
    bands = [
        band for band in ("red", "yellow", "green", "unknown") if any(band in c.bands for c in companies)
    ]
    sums = {
        band: np.sum([company.bands.get(band, (0, 0, 0.0)) for company in companies], axis=0)
        for band in bands
    }
    dates, churned, lost = np.sum(list(sums.values()), axis=0)
    return [
        [band, f"{n / dates:.1%}", f"{k / n:.1%}", f"{k / churned:.1%}", f"{mrr / lost:.1%}"]
        for band, (n, k, mrr) in sums.items()
    ]


def _table(header: list[str], rows: list[list[str]]) -> list[str]:
    return ["| " + " | ".join(row) + " |" for row in (header, ["---"] * len(header), *rows)]


def _excess(auc: float, of: float) -> float:
    return (auc - 0.5) / (of - 0.5)


def _numbers(column: np.ndarray[Any, Any]) -> Floats:
    return np.array([np.nan if value is None else value for value in column], dtype=np.float64)


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(int(seed) for seed in sys.argv[2:]) or SEEDS)
