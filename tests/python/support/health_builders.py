"""Small configurations and measured accounts to score in tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import duckdb
import narwhals as nw
import polars as pl

from orchestration.health.config import SEEDS, Band, HealthConfig, Measure, Stage
from orchestration.health.scoring import explain_scores, score_accounts, weigh_measures
from orchestration.settings import PROJECT_DIR

Row = dict[str, Any]
Engine = Callable[[pl.DataFrame], nw.LazyFrame[Any]]

AXES = tuple(pl.read_csv(PROJECT_DIR / "seeds/health/health_axes.csv")["axis"])
GREEN, YELLOW, RED = Band("green", 70.0), Band("yellow", 40.0), Band("red", 0.0)


def a_measure(measure_id: str = "use", **changes: Any) -> Measure:
    """A measure from 0 (bad) to 100 (good) in the column of its name, which counts for everybody."""
    rules: Row = {
        "axis": "adoption",
        "source_column": measure_id,
        "measured_on_column": None,
        "recorded_column": None,
        "higher_is_better": True,
        "floor": 0.0,
        "ceiling": 100.0,
        "weight": 10.0,
        "stale_after_days": None,
        "min_tenure_days": 0,
        "stages": (),
    }
    return Measure(measure_id=measure_id, **(rules | changes))


def a_config(*measures: Measure, **changes: Any) -> HealthConfig:
    """Green from 70, yellow from 40, three points of hysteresis, and any coverage will do."""
    rules: Row = {
        "bands": (GREEN, YELLOW, RED),
        "unknown_band": "unknown",
        "stages": (Stage("onboarding", 0, 90), Stage("established", 90, None)),
        "min_coverage": 0.0,
        "hysteresis_points": 3.0,
        "trend_min_days": 28,
        "band_kept_days": 62,
        "leaving_within_days": 90,
        "axes": AXES,
        "labels": {},
        "backtest_accounts": 1_000,
        "chance_min_leavers": 100,
        "chance_min_churns": 30,
        "chance_min_windows": 6,
    }
    by_id = sorted(measures or [a_measure()], key=lambda measure: measure.measure_id)
    return HealthConfig(measures=tuple(by_id), **(rules | changes))


def a_row(**values: Any) -> Row:
    """An established account on 31 May 2024."""
    account: Row = {
        "account_id": "A",
        "as_of_date": dt.date(2024, 5, 31),
        "tenure_days": 500,
        "lifecycle_stage": "established",
        "region": None,
        "is_leaving": False,
    }
    return account | values


def a_history(*scores: float | None, last: dt.date | None = None) -> list[Row]:
    """One account whose score is `scores` at the month-ends from January 2024 on, the last one on `last`."""
    dates = [dt.date(2024, month + 1, 1) - dt.timedelta(days=1) for month in range(1, len(scores) + 1)]
    if last is not None:
        dates[-1] = last
    return [a_row(as_of_date=date, use=value) for date, value in zip(dates, scores, strict=True)]


def as_frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """The rows as a frame with one type per column, whichever values are NULL."""
    rows = list(rows)
    known = {
        **dict.fromkeys(("account_id", "lifecycle_stage", "region"), pl.String),
        **dict.fromkeys(("as_of_date", "measured_on"), pl.Date),
        **dict.fromkeys(("is_leaving", "is_recorded"), pl.Boolean),
    }
    types = {name: known.get(name, pl.Float64) for name in rows[0]}
    return pl.DataFrame(rows, schema=types)


def in_polars(frame: pl.DataFrame) -> nw.LazyFrame[Any]:
    return nw.from_native(frame.lazy())


def in_duckdb(frame: pl.DataFrame) -> nw.LazyFrame[Any]:
    return nw.from_native(duckdb.from_arrow(frame.to_arrow()))


def scores(rows: Iterable[Row], config: HealthConfig, engine: Engine = in_polars) -> list[Row]:
    """The scores in order of account and date."""
    found = score_accounts(weigh_measures(engine(as_frame(rows)), config), config)
    return _rows(found, ["account_id", "as_of_date"])


def contributions(rows: Iterable[Row], config: HealthConfig, engine: Engine = in_polars) -> list[Row]:
    """The contributions in order of account, date and measure."""
    found = explain_scores(weigh_measures(engine(as_frame(rows)), config), config)
    return _rows(found, ["account_id", "as_of_date", "measure_id"])


def one_score(config: HealthConfig, **values: Any) -> Row:
    return scores([a_row(**values)], config)[0]


def bands(rows: Iterable[Row], config: HealthConfig | None = None) -> list[str]:
    return [row["health_band"] for row in scores(rows, config or a_config())]


def shipped_seeds() -> dict[str, list[Row]]:
    """The rows of the project's own seeds, as text."""
    return {
        seed: pl.read_csv(PROJECT_DIR / f"seeds/health/{seed}.csv", infer_schema=False).to_dicts()
        for seed in SEEDS
    }


def _rows(found: nw.LazyFrame[Any], order: list[str]) -> list[Row]:
    return found.collect(backend="polars").sort(*order).rows(named=True)
