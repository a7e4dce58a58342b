"""Scores that were published stay: what a run has to score, and what it reads from the runs before it.

A history row is one account and as-of date under one configuration, kept once the date has passed. The newest
as-of date is scored by every run and not kept yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals as nw

from orchestration.health.config import AXES, HealthConfig
from orchestration.health.scoring import ACCOUNT, Frame, explain_scores, score_accounts, weigh_measures

MEASURES = "features.int_account_measures"
HISTORY = "health.score_history"
WEIGHED = "health.weighed_measures"
KNOWN = "health.known_scores"
NEWEST = "health.newest_measures"
TEMPORARY = (WEIGHED, KNOWN, NEWEST)
# What a score was, without the values of the measures, which the newest date alone is explained by.
KEPT = ("score", "coverage", *(f"{axis}_score" for axis in AXES), "main_reason")

Read = Callable[[str], nw.LazyFrame[Any]]
# Writes rows to a table: its content is replaced, or only added to.
Write = Callable[[str, nw.LazyFrame[Any], bool], None]


def score_missing(read: Read, write: Write, config: HealthConfig) -> None:
    """Score what the history lacks and write the health tables.

    Reads MEASURES and HISTORY, writes TEMPORARY, health.account_scores and health.account_contributions,
    and adds to HISTORY.

    Raises:
        HealthConfigError: the measures lack a column that the seed names.
    """
    measures, history = read(MEASURES), read(HISTORY)
    write(WEIGHED, weigh_measures(unscored(measures, history, config), config), False)
    fresh = read(WEIGHED).select(*ACCOUNT, "region", "lifecycle_stage", *KEPT)
    write(KNOWN, nw.concat([fresh, scored_before(measures, history, config)]), False)
    write("health.account_scores", score_accounts(read(KNOWN), config), False)
    # Explained measure by measure: stored first, or every measure would search all dates again.
    write(NEWEST, of_newest(read(WEIGHED)), False)
    write("health.account_contributions", explain_scores(read(NEWEST), config), False)
    past = before_newest(fresh).with_columns(nw.lit(config.version).alias("config_version"))
    write(HISTORY, past.drop("region", "lifecycle_stage"), True)


def unscored(measures: Frame, history: Frame, config: HealthConfig) -> nw.LazyFrame[Any]:
    """Give the rows of `measures` that have no score of this configuration in `history`."""
    return measures.lazy().join(_stored(history, config).select(*ACCOUNT), on=list(ACCOUNT), how="anti")


def scored_before(measures: Frame, history: Frame, config: HealthConfig) -> nw.LazyFrame[Any]:
    """Give the scores of `history` for accounts that were customers then, as far as is known now."""
    there = measures.lazy().select(*ACCOUNT, "region", "lifecycle_stage")
    stored = _stored(history, config).select(*ACCOUNT, *KEPT)
    return there.join(stored, on=list(ACCOUNT), how="inner").select(
        *ACCOUNT, "region", "lifecycle_stage", *KEPT
    )


def of_newest(rows: Frame) -> nw.LazyFrame[Any]:
    """Give the rows of the newest as-of date."""
    return _with_newest(rows).filter(nw.col("as_of_date") == nw.col("newest_date")).drop("newest_date")


def before_newest(rows: Frame) -> nw.LazyFrame[Any]:
    """Give the rows of the other as-of dates."""
    return _with_newest(rows).filter(nw.col("as_of_date") < nw.col("newest_date")).drop("newest_date")


def _with_newest(rows: Frame) -> nw.LazyFrame[Any]:
    newest = rows.lazy().select(nw.col("as_of_date").max().alias("newest_date"))
    return rows.lazy().join(newest, how="cross")


def _stored(history: Frame, config: HealthConfig) -> nw.LazyFrame[Any]:
    return history.lazy().filter(nw.col("config_version") == config.version)
