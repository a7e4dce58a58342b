"""Published scores stay: which rows a run scores, and which it reads from the runs before it.

A history row is one account and as-of date under one configuration, kept once a newer as-of date is there.
The newest as-of date is scored by every run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals as nw

from orchestration.computed import computed_tables
from orchestration.health.config import HealthConfig
from orchestration.health.scoring import ACCOUNT, Frame, explain_scores, score_accounts, weigh_measures

MEASURES = "features.int_account_measures"
SCORES = "health.account_scores"
CONTRIBUTIONS = "health.account_contributions"
HISTORY = "health.score_history"
WEIGHED = "health.weighed_measures"
KNOWN = "health.known_scores"
NEWEST = "health.newest_measures"
TEMPORARY = (WEIGHED, KNOWN, NEWEST)

Read = Callable[[str], nw.LazyFrame[Any]]
# Writes rows to a table: its content is replaced, or only added to.
Write = Callable[[str, nw.LazyFrame[Any], bool], None]


def score_missing(read: Read, write: Write, config: HealthConfig) -> None:
    """Score what the history lacks and write the health tables.

    Reads MEASURES and HISTORY, writes TEMPORARY, SCORES and CONTRIBUTIONS, and adds to HISTORY.

    Raises:
        HealthConfigError: the measures lack a column that the seed names.
    """
    measures, history = read(MEASURES), read(HISTORY)
    write(WEIGHED, weigh_measures(unscored(measures, history, config), config), False)
    fresh = read(WEIGHED).select(*ACCOUNT, "region", "lifecycle_stage", *_kept(config))
    write(KNOWN, nw.concat([fresh, scored_before(measures, history, config)]), False)
    write(SCORES, _checked(SCORES, score_accounts(read(KNOWN), config)), False)
    # Stored first, because each measure reads it: without, each would search all dates again.
    write(NEWEST, of_newest(read(WEIGHED)), False)
    write(CONTRIBUTIONS, _checked(CONTRIBUTIONS, explain_scores(read(NEWEST), config)), False)
    past = before_newest(fresh).with_columns(nw.lit(config.version).alias("config_version"))
    write(HISTORY, _checked(HISTORY, past.drop("region", "lifecycle_stage")), True)


def unscored(measures: Frame, history: Frame, config: HealthConfig) -> nw.LazyFrame[Any]:
    """Give the rows of `measures` that have no score of this configuration in `history`."""
    return measures.lazy().join(_stored(history, config).select(*ACCOUNT), on=list(ACCOUNT), how="anti")


def scored_before(measures: Frame, history: Frame, config: HealthConfig) -> nw.LazyFrame[Any]:
    """Give the scores of `history` for the rows of `measures`.

    An account that is found later not to have been a customer is in `measures` no more, and drops out.
    """
    there = measures.lazy().select(*ACCOUNT, "region", "lifecycle_stage")
    kept = _kept(config)
    stored = _stored(history, config).select(*ACCOUNT, *kept)
    return there.join(stored, on=list(ACCOUNT), how="inner").select(
        *ACCOUNT, "region", "lifecycle_stage", *kept
    )


def of_newest(rows: Frame) -> nw.LazyFrame[Any]:
    """Give the rows of the newest as-of date."""
    return _with_newest(rows).filter(nw.col("as_of_date") == nw.col("newest_date")).drop("newest_date")


def before_newest(rows: Frame) -> nw.LazyFrame[Any]:
    """Give the rows of the other as-of dates."""
    return _with_newest(rows).filter(nw.col("as_of_date") < nw.col("newest_date")).drop("newest_date")


def _kept(config: HealthConfig) -> tuple[str, ...]:
    """Name the columns that the history keeps; values of measures are kept for the newest date alone."""
    return ("score", "coverage", *config.axis_columns, "main_reason")


def _checked(table: str, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Give the rows, or stop where their columns are not those of the table."""
    computed_tables()[table].check_columns(rows.collect_schema().names())
    return rows


def _with_newest(rows: Frame) -> nw.LazyFrame[Any]:
    newest = rows.lazy().select(nw.col("as_of_date").max().alias("newest_date"))
    return rows.lazy().join(newest, how="cross")


def _stored(history: Frame, config: HealthConfig) -> nw.LazyFrame[Any]:
    return history.lazy().filter(nw.col("config_version") == config.version)
