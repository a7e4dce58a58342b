"""What to simulate: how many accounts, how long, how many events, from which seed, in which format."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from simulator.parameters import SCENARIOS, Model

REPORTING_CURRENCY = "USD"


class SimulatorError(ValueError):
    """A simulation that cannot be made; the message says what was given, what was expected, what to do."""


@dataclass(frozen=True)
class SimulatorConfig:
    """One company to simulate.

    Attributes:
        accounts: accounts that sign up over the whole period, trials that never pay among them.
        months: whole calendar months; the company starts on the first day.
        events: about how many rows of product_events (within some ten percent at 36 months).
        seed: same seed and settings, same bytes; another seed, another company.
        end_date: last day of the last month.
        file_format: `parquet` or `csv`.
        untidy: late, repeated, corrected and spoiled rows, as real exports have them.
        event_chunk_rows: product events held in memory at once, about; another value gives other bytes.
        scenario: `standard`, or `classic` for a company that is easier to foresee (docs/simulator.md).
    """

    accounts: int = 2_000
    months: int = 36
    events: int = 2_500_000
    seed: int = 2
    end_date: dt.date = dt.date(2025, 12, 31)
    file_format: str = "parquet"
    untidy: bool = True
    event_chunk_rows: int = 400_000
    scenario: str = "standard"

    def __post_init__(self) -> None:
        """Raise SimulatorError where a value cannot be used."""
        _check_range("accounts", self.accounts, 50, 300_000)
        _check_range("months", self.months, 3, 120)
        _check_range("events", self.events, 1_000, 1_000_000_000)
        _check_range("seed", self.seed, 0, 2**32 - 1)
        _check_range("event_chunk_rows", self.event_chunk_rows, 1_000, 5_000_000)
        if (self.end_date + dt.timedelta(days=1)).day != 1:
            raise SimulatorError(
                f"end_date is {self.end_date}; expected the last day of a month, such as 2025-12-31."
            )
        if self.end_date.year - self.months // 12 < 1990:
            raise SimulatorError(
                f"end_date is {self.end_date}; the first month lies before 1990. Use a later one."
            )
        if self.file_format not in ("parquet", "csv"):
            raise SimulatorError(f"file_format is {self.file_format!r}; expected parquet or csv.")
        if self.scenario not in SCENARIOS:
            raise SimulatorError(f"scenario is {self.scenario!r}; expected {' or '.join(SCENARIOS)}.")

    @property
    def model(self) -> Model:
        """The coefficients of the scenario's model."""
        return SCENARIOS[self.scenario]

    @property
    def extension(self) -> str:
        """The ending of the raw files' names, with its dot."""
        return f".{self.file_format}"


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise SimulatorError(f"{name} is {value:,}; expected a whole number from {low:,} to {high:,}.")


_DEMO = SimulatorConfig()

# S is the demo. M and L are for benchmarks: a large company, and the largest size that is supported.
SIZES = {
    "S": _DEMO,
    "M": replace(_DEMO, accounts=30_000, events=20_000_000),
    "L": replace(_DEMO, accounts=300_000, events=100_000_000),
}
