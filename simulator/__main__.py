"""`python -m simulator --out DIR`: simulate a company, print its key figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from simulator.books.key_figures import key_figures
from simulator.config import SIZES, SimulatorConfig, SimulatorError
from simulator.files.contract import read_contract
from simulator.simulation import simulate

CONTRACT = Path(__file__).parent.parent / "models" / "staging" / "_sources.yml"
_SIZES_HELP = "; ".join(
    f"{name}: {size.accounts:,} accounts, {size.events:,} events" for name, size in SIZES.items()
)

app = typer.Typer(add_completion=False)


def chosen_config(
    size: str = "S",
    *,
    accounts: int | None = None,
    months: int | None = None,
    events: int | None = None,
    seed: int | None = None,
    end_date: dt.date | None = None,
    file_format: str | None = None,
    tidy: bool = False,
    scenario: str | None = None,
) -> SimulatorConfig:
    """The company of a size, with the values that were given; None leaves the size's own.

    Without `events`, an account has as many per month as in the chosen size.

    Raises:
        SimulatorError: a value cannot be used.
    """
    config = SIZES[size]
    if events is None:
        share = (accounts or config.accounts) * (months or config.months)
        events = max(round(config.events * share / (config.accounts * config.months)), 1_000)
    given = {
        "accounts": accounts,
        "months": months,
        "events": events,
        "seed": seed,
        "end_date": end_date,
        "file_format": file_format,
        "scenario": scenario,
    }
    return replace(config, untidy=not tidy, **{name: v for name, v in given.items() if v is not None})


@app.command()
def main(
    *,
    out: Annotated[Path, typer.Option(help="Folder for raw/ and truth/.")],
    size: Annotated[
        Literal["S", "M", "L"], typer.Option(help=f"{_SIZES_HELP}. The options below change it.")
    ] = "S",
    accounts: Annotated[
        int | None, typer.Option(help="Accounts that sign up over the period (50 to 300,000).")
    ] = None,
    months: Annotated[int | None, typer.Option(help="Calendar months (3 to 120).")] = None,
    events: Annotated[int | None, typer.Option(help="Product events, about.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed gives another company.")] = None,
    end_date: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the last month.")
    ] = None,
    file_format: Annotated[
        Literal["parquet", "csv"] | None, typer.Option("--format", help="Format of the raw files.")
    ] = None,
    tidy: Annotated[
        bool, typer.Option("--tidy", help="Without late, repeated, corrected and spoiled rows.")
    ] = False,
    scenario: Annotated[
        Literal["standard", "classic"] | None,
        typer.Option(help="classic: why customers leave is easier to foresee, and exports are cleaner."),
    ] = None,
    contract: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="The input contract: dbt's list of sources.")
    ] = CONTRACT,
) -> None:
    """Simulate a subscription company: raw files for the warehouse, the truth beside them."""
    try:
        config = chosen_config(
            size,
            accounts=accounts,
            months=months,
            events=events,
            seed=seed,
            end_date=end_date.date() if end_date else None,
            file_format=file_format,
            tidy=tidy,
            scenario=scenario,
        )
        simulated = simulate(config, read_contract(contract), out)
    except SimulatorError as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from error
    for name, rows in simulated.rows.items():
        typer.echo(f"{name:28} {rows:>12,} rows")
    typer.echo()
    for figure in key_figures(simulated.raw_dir, simulated.truth_dir):
        typer.echo(figure)
    typer.echo(f"\nraw files: {simulated.raw_dir}\ntruth:     {simulated.truth_dir} (not an input)")


if __name__ == "__main__":
    app(prog_name="python -m simulator")
