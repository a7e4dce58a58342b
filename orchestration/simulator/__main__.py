"""`python -m orchestration.simulator --out DIR`: simulate a company, print its key figures."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from orchestration.simulator.config import SIZES, SimulatorConfig, SimulatorError
from orchestration.simulator.report import figures
from orchestration.simulator.simulate import simulate


def parse(arguments: Sequence[str]) -> tuple[SimulatorConfig, Path]:
    """The company to simulate and the folder to write it to.

    Raises:
        SimulatorError: a value cannot be used.
        SystemExit: the arguments cannot be read; argparse has said why.
    """
    sizes = "; ".join(f"{name}: {s.accounts:,} accounts, {s.events:,} events" for name, s in SIZES.items())
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.simulator",
        description="Simulate a subscription company: raw files for the warehouse, the truth beside them.",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for raw/ and truth/")
    parser.add_argument("--size", choices=SIZES, default="S", help=f"{sizes}; the options below change it")
    parser.add_argument("--accounts", type=int, help="accounts that sign up over the period (50 to 300,000)")
    parser.add_argument("--months", type=int, help="calendar months (3 to 120)")
    parser.add_argument("--events", type=int, help="product events, about")
    parser.add_argument("--seed", type=int, help="another seed, another company")
    parser.add_argument("--end-date", type=dt.date.fromisoformat, help="last day of the last month")
    parser.add_argument("--format", choices=("parquet", "csv"), dest="file_format")
    parser.add_argument(
        "--tidy", action="store_true", help="without late, repeated, corrected and broken rows"
    )
    given = vars(parser.parse_args(arguments))
    out, size, tidy = given.pop("out"), given.pop("size"), given.pop("tidy")
    config = SIZES[size]
    # A company of another size has as many events per account and month, unless told otherwise.
    if given["events"] is None:
        accounts, months = given["accounts"] or config.accounts, given["months"] or config.months
        given["events"] = max(
            round(config.events * accounts * months / (config.accounts * config.months)), 1_000
        )
    chosen = {name: value for name, value in given.items() if value is not None}
    return replace(config, untidy=not tidy, **chosen), out


def main(arguments: Sequence[str]) -> int:
    """Simulate and report; the exit status."""
    try:
        config, out = parse(arguments)
        done = simulate(config, out)
    except SimulatorError as error:
        print(error, file=sys.stderr)
        return 2
    for name, rows in done.rows.items():
        print(f"{name:28} {rows:>12,} rows")
    print()
    for figure in figures(done.truth_dir):
        print(figure)
    print(f"\nraw files: {done.raw_dir}\ntruth:     {done.truth_dir} (not an input)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
