"""`python -m benchmarks.run_costs [SIZE ...]`: measure what runs cost, write benchmarks/RESULTS.md."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.run_costs.companies import EXAMPLE, company_of
from benchmarks.run_costs.measurement import MEASURED_FILE, load, measure
from benchmarks.run_costs.report import report
from orchestration.errors import ProjectError

LEDGER = Path(__file__).parent.parent / "ledger.md"


class Size(StrEnum):
    """What can be measured: the worked example, and the sizes of the simulator."""

    EXAMPLE = EXAMPLE
    S = "S"
    M = "M"
    L = "L"


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    sizes: Annotated[
        list[Size] | None,
        typer.Argument(help="The worked example or sizes of the simulator; S where none is named."),
    ] = None,
    runs: Annotated[
        int | None, typer.Option(min=1, help="Rounds to take medians of: 3, and 1 for L, if not given.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where companies and measurements are kept.")] = Path(
        "target/bench"
    ),
    out: Annotated[Path, typer.Option(help="The report.")] = Path("benchmarks/RESULTS.md"),
) -> None:
    """Measure runs of these sizes; the report also has those that `folder` keeps from earlier."""
    folder = folder.resolve()
    for size in sizes or [Size.S]:
        place = folder / size
        try:
            company = company_of(size, place)
            measure(company, place, runs or (1 if size == Size.L else 3), typer.echo)
        except ProjectError as error:
            typer.echo(error, err=True)
            raise typer.Exit(1) from error
        write_report(folder, out)
        typer.echo(f"{size}: written to {out}")


def write_report(folder: Path, out: Path) -> None:
    """Write what `folder` keeps, in the order of sizes, with the ledger beside the report."""
    paths = [folder / size / MEASURED_FILE for size in Size]
    ledger = LEDGER.read_text(encoding="utf-8")
    out.write_text(report([load(path) for path in paths if path.exists()], ledger), encoding="utf-8")


if __name__ == "__main__":
    app(prog_name="python -m benchmarks.run_costs")
