"""How often each input should have a new record, as the seed input_expectations says."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import PROJECT_DIR

EXPECTATIONS = Path("seeds/operations/input_expectations.csv")


@dataclass(frozen=True)
class Expectation:
    """What is expected of one input; a record stands for its whole day, so that both are a day longer.

    `late_after_days` and `silent_after_days` count from the newest record on. `affects`: which
    figures need it.
    """

    late_after_days: int
    silent_after_days: int
    affects: str = ""


def read_expectations(path: Path = PROJECT_DIR / EXPECTATIONS) -> dict[str, Expectation]:
    """The expectation of each input that has one, by the name of its table.

    Raises:
        KeyError, ValueError: the seed lacks a column, or a number is none.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["table_name"]: Expectation(
                late_after_days=int(row["expected_every_days"]) + 1,
                silent_after_days=int(row["expected_every_days"]) + int(row["silent_after_days"]) + 1,
                affects=row.get("affects_en", ""),
            )
            for row in csv.DictReader(file)
        }
