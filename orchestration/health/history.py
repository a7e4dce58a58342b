"""What a run scores, and which scores are kept as they were first published.

Every account and date is scored anew, from what is known now. A history row is one account and as-of date
under one configuration, kept once a newer as-of date is there; no other table follows from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals as nw

from orchestration.computed import computed_tables
from orchestration.health.config import HealthConfig
from orchestration.health.scoring import (
    ACCOUNT,
    Frame,
    explain_scores,
    score_accounts,
    values_of,
    weigh_measures,
)

MEASURES = "features.int_account_measures"
SCORES = "health.account_scores"
VALUES = "health.account_measures"
CONTRIBUTIONS = "health.account_contributions"
HISTORY = "health.score_history"
WEIGHED = "health.weighed_measures"
NEWEST = "health.newest_measures"
TEMPORARY = (WEIGHED, NEWEST)

Read = Callable[[str], nw.LazyFrame[Any]]
# Writes rows to a table: its content is replaced, or only added to.
Write = Callable[[str, nw.LazyFrame[Any], bool], None]


def score_measures(read: Read, write: Write, config: HealthConfig) -> None:
    """Score every account and date, write the health tables, and keep past scores that were not kept before.

    Reads MEASURES and HISTORY, writes TEMPORARY, SCORES, VALUES and CONTRIBUTIONS, and adds to HISTORY.

    Raises:
        HealthConfigError: the measures lack a column that the seed names.
    """
    # Stored first, because scores and reasons read them: without, each would search all dates again.
    write(WEIGHED, weigh_measures(read(MEASURES), config), False)
    weighed = read(WEIGHED)
    scores = weighed.select(*ACCOUNT, "region", "lifecycle_stage", "is_leaving", *_kept(config))
    write(SCORES, _checked(SCORES, score_accounts(scores, config)), False)
    write(VALUES, values_of(weighed, config, computed_tables()[VALUES].columns), False)
    write(NEWEST, of_newest(weighed), False)
    write(CONTRIBUTIONS, _checked(CONTRIBUTIONS, explain_scores(read(NEWEST), config)), False)
    past = before_newest(scores).with_columns(nw.lit(config.version).alias("config_version"))
    kept = not_kept_yet(past.drop("region", "lifecycle_stage", "is_leaving"), read(HISTORY))
    write(HISTORY, _checked(HISTORY, kept), True)


def not_kept_yet(scores: Frame, history: Frame) -> nw.LazyFrame[Any]:
    """Give the scores whose account and date `history` does not have under their configuration."""
    key = [*ACCOUNT, "config_version"]
    return scores.lazy().join(history.lazy().select(*key), on=key, how="anti")


def of_newest(rows: Frame) -> nw.LazyFrame[Any]:
    """Give the rows of the newest as-of date."""
    return _with_newest(rows).filter(nw.col("as_of_date") == nw.col("newest_date")).drop("newest_date")


def before_newest(rows: Frame) -> nw.LazyFrame[Any]:
    """Give the rows of the other as-of dates."""
    return _with_newest(rows).filter(nw.col("as_of_date") < nw.col("newest_date")).drop("newest_date")


def _kept(config: HealthConfig) -> tuple[str, ...]:
    """Name the columns that the history keeps; values of measures are kept for the newest date alone."""
    return ("score", "coverage", *config.axis_columns, "main_reason", "timing_reason")


def _checked(table: str, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Give the rows, or stop where their columns are not those of the table."""
    computed_tables()[table].check_columns(rows.collect_schema().names())
    return rows


def _with_newest(rows: Frame) -> nw.LazyFrame[Any]:
    newest = rows.lazy().select(nw.col("as_of_date").max().alias("newest_date"))
    return rows.lazy().join(newest, how="cross")
