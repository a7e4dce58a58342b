"""Past health scores with what came after them, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.engines import Engine
from orchestration.health.chances import CHANCE_HORIZONS, INPUTS, input_of, with_inputs
from orchestration.health.config import SEEDS, HealthConfig, health_config
from orchestration.health.evaluation.metrics import Bools, Days, Floats
from orchestration.health.history import MEASURES, SCORES
from orchestration.health.scoring import value_of, weigh_measures

# What became of each account after each as-of date.
OUTCOMES = "features.int_account_outcomes"
NEVER = np.iinfo(np.int64).max
# Values of the segment `notice`, and of entries that a segment leaves out.
GIVEN, NOT_GIVEN, NOT_COMPARED = "given", "none", ""
# Columns of OUTCOMES by the dimension that a backtest is split by.
SEGMENTS = {"size_band": "size_band", "region": "region", "tenure_band": "tenure_band", "plan": "plan_id"}
# Of a measure's column, the one that counts what was recorded later too.
_HINDSIGHT = "_hindsight"
# The mean month of the Gregorian calendar.
_DAYS_PER_MONTH = 365.2425 / 12
# Columns of OUTCOMES that are no measures of the score and may predict all the same.
OTHER_INDICATORS = ("first_login", "onboarding_completed")


@dataclass(frozen=True)
class Customers:
    """One entry per account and past as-of date, with a score (0-100) or without one (NaN).

    Days are as in Observations; `mrr` is that of the date, `csm` is "unknown" where the account has none.
    """

    day: Days
    score: Floats
    band: NDArray[Any]
    mrr: Floats
    is_leaving: Bools
    csm: NDArray[Any]
    churn_day: Days

    def of(self, rows: Bools) -> Customers:
        """Some of the entries."""
        return Customers(**{name: values[rows] for name, values in vars(self).items()})

    def churned(self, lead_days: int, horizon_days: int) -> Bools:
        """Whether the account left more than `lead_days` and at most `horizon_days` after the date."""
        return _within(self.churn_day, self.day, lead_days, horizon_days)


@dataclass(frozen=True)
class Observations:
    """One entry per account and past as-of date that has a score, in the order of dates and accounts.

    Days count from 1970-01-01; `churn_day` and `expansion_day` are those of the first such movement after the
    date, NEVER without one. `values` are 0-1, NaN where a measure is not used, `raw` in the measures' units;
    both have one column per measure of the configuration. `inputs` are those of the chance, rows x INPUTS, by
    the horizon in days. `hindsight` is the score of what was recorded later too, NaN without
    coverage. `term_days` are days until the paid term ends, NaN where it is not known. `newest_day` is the
    as-of date of the run. `customers` are all, also those without a score; `every` says that each `every`-th
    account was read.
    """

    account: NDArray[Any]
    day: Days
    score: Floats
    hindsight: Floats
    tenure: Floats
    recency: Floats
    term_days: Floats
    inputs: dict[str, Floats]
    values: Floats
    raw: Floats
    others: dict[str, Floats]
    segments: dict[str, NDArray[Any]]
    churn_day: Days
    expansion_day: Days
    newest_day: int
    customers: Customers
    every: int = 1

    def mature(self, days: int) -> Bools:
        """Whether the next `days` days are over."""
        return self.day + days <= self.newest_day

    def churned(self, lead_days: int, horizon_days: int) -> Bools:
        """Whether the account left more than `lead_days` and at most `horizon_days` after the date."""
        return _within(self.churn_day, self.day, lead_days, horizon_days)

    def closed(self, windows: Sequence[int]) -> Observations:
        """The same as of the last day on which a window closed, without outcomes of windows still open.

        `windows` are in days from each date on. Entries without a closed window are left out. Nothing that is
        computed of closed windows differs, and it stays as it is until the next window closes.
        """
        rows, longest, newest_day = _closed(self.day, windows, self.newest_day)
        of_all, longest_of_all, newest_of_all = _closed(self.customers.day, windows, self.newest_day)
        customers = self.customers.of(of_all)
        return replace(
            self.of(rows),
            churn_day=_known(self.churn_day[rows], self.day[rows], longest),
            expansion_day=_known(self.expansion_day[rows], self.day[rows], longest),
            newest_day=max(newest_day, newest_of_all),
            customers=replace(
                customers, churn_day=_known(customers.churn_day, customers.day, longest_of_all)
            ),
        )

    def of(self, rows: Bools) -> Observations:
        """Some of the entries; `customers` stay."""
        return replace(
            self,
            account=self.account[rows],
            day=self.day[rows],
            score=self.score[rows],
            hindsight=self.hindsight[rows],
            tenure=self.tenure[rows],
            recency=self.recency[rows],
            term_days=self.term_days[rows],
            inputs={name: values[rows] for name, values in self.inputs.items()},
            values=self.values[rows],
            raw=self.raw[rows],
            others={name: values[rows] for name, values in self.others.items()},
            segments={name: values[rows] for name, values in self.segments.items()},
            churn_day=self.churn_day[rows],
            expansion_day=self.expansion_day[rows],
        )


def _within(happened: Days, day: Days, lead_days: int, horizon_days: int) -> Bools:
    waited = np.minimum(happened, NEVER - 1) - day
    return (happened != NEVER) & (waited > lead_days) & (waited <= horizon_days)


def _closed(day: Days, windows: Sequence[int], newest_day: int) -> tuple[Bools, Days, int]:
    """Which entries have a closed window, the longest one of each of these, and when the last one closed."""
    lengths = np.array(sorted(windows))
    ends = day[:, np.newaxis] + lengths
    over = ends <= newest_day
    rows = over.any(axis=1)
    longest = np.where(over, lengths, 0).max(axis=1)[rows]
    return rows, longest, int(ends[over].max()) if rows.any() else 0


def _known(happened: Days, day: Days, longest: Days) -> Days:
    """What happened within the longest closed window; NEVER for the rest."""
    return np.where(happened - day <= longest, happened, NEVER)


def read_observations(engine: Engine) -> tuple[Observations, HealthConfig]:
    """Past scores of the build database with what came after them, and the rules they follow.

    Raises:
        HealthConfigError: the seeds cannot be scored with.
    """
    config = health_config({seed: engine.rows(f"select * from seeds.{seed}") for seed in SEEDS})
    (found,) = engine.rows(f"select max(account_number) as accounts from {OUTCOMES}")
    # Every n-th account: the same ones in every run, however large the history.
    every = max(-(-int(found["accounts"] or 0) // config.backtest_accounts), 1)
    return replace(observations_of(engine.table(query(every)), config), every=every), config


def query(every: int) -> str:
    """SQL for what `observations_of` reads: each `every`-th account, in the order of their ids."""
    segments = ", ".join(f"outcomes.{column} as segment_{name}" for name, column in SEGMENTS.items())
    others = ", ".join(f"outcomes.{name}" for name in OTHER_INDICATORS)
    return f"""
        select
            measures.*, {segments}, {others},
            outcomes.next_churn_on, outcomes.next_expansion_on, outcomes.mrr as mrr_then,
            outcomes.csm_id as csm_then, scores.score as known_score, scores.health_band as known_band
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
        weighed = weigh_measures(nw.from_native(connection.from_arrow(rows)), config)
        for horizon in CHANCE_HORIZONS:
            weighed = with_inputs(weighed, config, horizon)
        found = weighed.to_native().order("as_of_date, account_id").to_arrow_table()
        later = weigh_measures(nw.from_native(connection.from_arrow(_with_hindsight(rows))), config)
        hindsight = later.to_native().order("as_of_date, account_id").to_arrow_table()["score"]
    found = found.append_column(f"score{_HINDSIGHT}", hindsight)
    day = _days(found, "as_of_date")
    newest = int(day.max()) if len(found) else 0
    is_scored = found["known_score"].is_valid()
    customers = Customers(
        day=day,
        score=_numbers(found, "known_score"),
        band=_texts(found, "known_band"),
        mrr=_numbers(found, "mrr_then"),
        is_leaving=_is_leaving(found),
        csm=_texts(found, "csm_then"),
        churn_day=_days(found, "next_churn_on"),
    )
    found = found.filter(is_scored)
    raw = [_numbers(found, measure.source_column) for measure in config.measures]
    values = [_numbers(found, value_of(measure)) for measure in config.measures]
    return Observations(
        account=_texts(found, "account_id"),
        day=_days(found, "as_of_date"),
        score=_numbers(found, "known_score"),
        hindsight=_numbers(found, f"score{_HINDSIGHT}"),
        tenure=_numbers(found, "tenure_days"),
        recency=_numbers(found, recency) if recency else np.full(len(found), np.nan),
        term_days=_numbers(found, "days_to_term_end"),
        inputs={
            str(horizon): np.column_stack([_numbers(found, input_of(name, horizon)) for name in INPUTS])
            for horizon in CHANCE_HORIZONS
        },
        values=np.column_stack(values) if values else np.empty((len(found), 0)),
        raw=np.column_stack(raw),
        others={name: _numbers(found, name) for name in OTHER_INDICATORS},
        segments={
            "lifecycle_stage": _texts(found, "lifecycle_stage"),
            **{name: _texts(found, f"segment_{name}") for name in SEGMENTS},
            **_commitments(found),
        },
        churn_day=_days(found, "next_churn_on"),
        expansion_day=_days(found, "next_expansion_on"),
        newest_day=newest,
        customers=customers,
    )


def _with_hindsight(rows: pa.Table) -> pa.Table:
    """The rows with each measure as it is from what was recorded later too."""
    for name in rows.column_names:
        if f"{name}{_HINDSIGHT}" in rows.column_names:
            rows = rows.set_column(rows.column_names.index(name), name, rows[f"{name}{_HINDSIGHT}"])
    return rows


def _commitments(found: pa.Table) -> dict[str, NDArray[Any]]:
    """Who gave notice, and how many months a billing period has; the latter also without those leaving."""
    is_leaving = _is_leaving(found)
    billing_days = _numbers(found, "billing_days")
    is_known = np.isfinite(billing_days)
    months = np.round(np.where(is_known, billing_days, 0) / _DAYS_PER_MONTH).astype(np.int64).astype(str)
    months = np.where(is_known, months, "unknown")
    return {
        "notice": np.where(is_leaving, GIVEN, NOT_GIVEN),
        "billing_months": months,
        # Those who said that they leave need no prediction.
        "billing_months_without_notice": np.where(is_leaving, NOT_COMPARED, months),
    }


def _is_leaving(table: pa.Table) -> Bools:
    return table["is_leaving"].to_numpy(zero_copy_only=False).astype(bool)


def _numbers(table: pa.Table, column: str) -> Floats:
    return table[column].cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)


def _texts(table: pa.Table, column: str) -> NDArray[Any]:
    return np.asarray(table[column].fill_null("unknown").to_pylist(), dtype=str)


def _days(table: pa.Table, column: str) -> Days:
    days = table[column].cast(pa.date32()).cast(pa.int32()).cast(pa.int64())
    return days.fill_null(int(NEVER)).to_numpy(zero_copy_only=False).astype(np.int64)
