"""How often the interval of a campaign's effect holds the true effect.

`python -m benchmarks.campaign_coverage` simulates companies, one per seed, builds the models on each, and
compares the estimated effects on retention with what the simulator says that each campaign did. Needs the
development packages.
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from pathlib import Path

from tests.python.support.campaign_companies import EFFECTS, Estimate, estimates_of
from tests.python.support.warehouse import Warehouse


def main() -> None:
    """Simulate, estimate, and write the report after each company, so that it can be stopped at any time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.campaign_coverage", description=__doc__)
    parser.add_argument("--companies", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--accounts", type=int, default=800)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/campaign_coverage.md"))
    chosen = parser.parse_args()
    found: list[Estimate] = []
    for number in range(chosen.companies):
        # A database of its own, because one in memory keeps the room of tables that were replaced.
        warehouse = Warehouse(marts=(EFFECTS,))
        found += estimates_of(warehouse, chosen.first_seed + number, chosen.accounts)
        warehouse.connection.close()
        chosen.out.write_text(report(found, number + 1, chosen.accounts, chosen.first_seed), encoding="utf-8")
    print(f"{chosen.out}: {coverage(randomised(found)):.1%} of the intervals hold the true effect")


def randomised(estimates: list[Estimate]) -> list[Estimate]:
    """Those of campaigns whose treated accounts were drawn at random."""
    return [estimate for estimate in estimates if estimate.is_randomised]


def coverage(estimates: list[Estimate]) -> float:
    """The share of intervals that hold the true effect."""
    return sum(estimate.is_covered for estimate in estimates) / len(estimates)


def report(estimates: list[Estimate], companies: int, accounts: int, first_seed: int) -> str:
    """The report as Markdown."""
    groups: dict[tuple[str, str], list[Estimate]] = defaultdict(list)
    for estimate in estimates:
        groups[estimate.campaign_id, estimate.outcome].append(estimate)
    lines = [
        "# Do the intervals of campaign effects hold the true effect?",
        "",
        f"{companies} simulated companies of {accounts:,} accounts over 36 months, seeds from {first_seed}.",
        "Intervals of 95% should hold it about that often. Written by",
        f"`python -m benchmarks.campaign_coverage --companies {companies} --accounts {accounts}`.",
        "",
        f"Of {len(randomised(estimates)):,} intervals of campaigns that were drawn at random, "
        f"{coverage(randomised(estimates)):.1%} hold the true effect.",
        "",
        "| campaign | at random | outcome | intervals | treated (median) | coverage | bias | width |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for (campaign, outcome), each in sorted(groups.items()):
        bias = statistics.fmean(estimate.difference - estimate.true_effect for estimate in each)
        width = statistics.fmean(estimate.ci_high - estimate.ci_low for estimate in each)
        treated = statistics.median(estimate.treated_accounts for estimate in each)
        drawn = "yes" if each[0].is_randomised else "no"
        lines.append(
            f"| {campaign} | {drawn} | {outcome} | {len(each)} | {treated:.0f} "
            f"| {coverage(each):.1%} | {bias:+.4f} | {width:.3f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
