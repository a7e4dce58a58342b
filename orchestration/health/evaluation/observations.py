"""Past health scores with what came after them, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.engines import Engine
from orchestration.health.config import SEEDS, HealthConfig, health_config
from orchestration.health.evaluation.metrics import Bools, Days, Floats
from orchestration.health.history import MEASURES, SCORES
from orchestration.health.scoring import value_of, weigh_measures

# What became of each account after each as-of date.
OUTCOMES = "features.int_account_outcomes"
NEVER = np.iinfo(np.int64).max
# Columns of OUTCOMES by the dimension that a backtest is split by.
SEGMENTS = {"size_band": "size_band", "region": "region", "tenure_band": "tenure_band", "plan": "plan_id"}
# Columns of OUTCOMES that are no measures of the score and may predict all the same.
OTHER_INDICATORS = ("first_login", "onboarding_completed")


@dataclass(frozen=True)
class Observations:
    """One entry per account and past as-of date that has a score, in the order of dates and accounts.

    Days count from 1970-01-01; `churn_day` and `expansion_day` are those of the first such movement after the
    date, NEVER without one. `values` are 0-1, NaN where a measure is not used, `raw` in the measures' units;
    both have one column per measure of the configuration. `newest_day` is the as-of date of the run.
    """

    account: NDArray[Any]
    day: Days
    score: Floats
    tenure: Floats
    recency: Floats
    values: Floats
    raw: Floats
    others: dict[str, Floats]
    segments: dict[str, NDArray[Any]]
    churn_day: Days
    expansion_day: Days
    newest_day: int

    def mature(self, days: int) -> Bools:
        """Whether the next `days` days are over."""
        return self.day + days <= self.newest_day

    def churned(self, lead_days: int, horizon_days: int) -> Bools:
        """Whether the account left more than `lead_days` and at most `horizon_days` after the date."""
        waited = np.minimum(self.churn_day, NEVER - 1) - self.day
        return (self.churn_day != NEVER) & (waited > lead_days) & (waited <= horizon_days)

    def closed(self, windows: Sequence[int]) -> Observations:
        """The same as of the last day on which a window closed, without outcomes of windows still open.

        `windows` are in days from each date on. Entries without a closed window are left out. Nothing that is
        computed of closed windows differs, and it stays as it is until the next window closes.
        """
        lengths = np.array(sorted(windows))
        ends = self.day[:, np.newaxis] + lengths
        over = ends <= self.newest_day
        rows = over.any(axis=1)
        longest = np.where(over, lengths, 0).max(axis=1)[rows]
        day = self.day[rows]

        def known(happened: Days) -> Days:
            return np.where(happened[rows] - day <= longest, happened[rows], NEVER)

        return Observations(
            account=self.account[rows],
            day=day,
            score=self.score[rows],
            tenure=self.tenure[rows],
            recency=self.recency[rows],
            values=self.values[rows],
            raw=self.raw[rows],
            others={name: values[rows] for name, values in self.others.items()},
            segments={name: values[rows] for name, values in self.segments.items()},
            churn_day=known(self.churn_day),
            expansion_day=known(self.expansion_day),
            newest_day=int(ends[over].max()) if rows.any() else 0,
        )


def read_observations(engine: Engine) -> tuple[Observations, HealthConfig]:
    """Past scores of the build database with what came after them, and the rules they follow.

    Raises:
        HealthConfigError: the seeds cannot be scored with.
    """
    config = health_config({seed: engine.rows(f"select * from seeds.{seed}") for seed in SEEDS})
    (found,) = engine.rows(f"select max(account_number) as accounts from {OUTCOMES}")
    # Every n-th account: the same ones in every run, however large the history.
    every = max(-(-int(found["accounts"] or 0) // config.backtest_accounts), 1)
    return observations_of(engine.table(query(every)), config), config


def query(every: int) -> str:
    """SQL for what `observations_of` reads: each `every`-th account, in the order of their ids."""
    segments = ", ".join(f"outcomes.{column} as segment_{name}" for name, column in SEGMENTS.items())
    others = ", ".join(f"outcomes.{name}" for name in OTHER_INDICATORS)
    return f"""
        select
            measures.*, {segments}, {others},
            outcomes.next_churn_on, outcomes.next_expansion_on, scores.score as known_score
        from {MEASURES} as measures
        inner join {OUTCOMES} as outcomes
            on measures.account_id = outcomes.account_id and measures.as_of_date = outcomes.as_of_date
        inner join {SCORES} as scores
            on measures.account_id = scores.account_id and measures.as_of_date = scores.as_of_date
        where outcomes.account_number % {every} = 0
    """


def observations_of(rows: pa.Table, config: HealthConfig) -> Observations:
    """Turn the result of `query` into arrays. Dates without a score are left out."""
    names = set(rows.column_names)
    recency = "days_since_last_use" if "days_since_last_use" in names else None
    with duckdb.connect() as connection:
        weighed = weigh_measures(nw.from_native(connection.from_arrow(rows)), config).to_native()
        found = weighed.order("as_of_date, account_id").to_arrow_table()
    newest = int(_days(found, "as_of_date").max()) if len(found) else 0
    found = found.filter(found["known_score"].is_valid())
    raw = [_numbers(found, measure.source_column) for measure in config.measures]
    values = [_numbers(found, value_of(measure)) for measure in config.measures]
    return Observations(
        account=_texts(found, "account_id"),
        day=_days(found, "as_of_date"),
        score=_numbers(found, "known_score"),
        tenure=_numbers(found, "tenure_days"),
        recency=_numbers(found, recency) if recency else np.full(len(found), np.nan),
        values=np.column_stack(values) if values else np.empty((len(found), 0)),
        raw=np.column_stack(raw),
        others={name: _numbers(found, name) for name in OTHER_INDICATORS},
        segments={
            "lifecycle_stage": _texts(found, "lifecycle_stage"),
            **{name: _texts(found, f"segment_{name}") for name in SEGMENTS},
        },
        churn_day=_days(found, "next_churn_on"),
        expansion_day=_days(found, "next_expansion_on"),
        newest_day=newest,
    )


def _numbers(table: pa.Table, column: str) -> Floats:
    return table[column].cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)


def _texts(table: pa.Table, column: str) -> NDArray[Any]:
    return np.asarray(table[column].fill_null("unknown").to_pylist(), dtype=str)


def _days(table: pa.Table, column: str) -> Days:
    days = table[column].cast(pa.date32()).cast(pa.int32()).cast(pa.int64())
    return days.fill_null(int(NEVER)).to_numpy(zero_copy_only=False).astype(np.int64)
