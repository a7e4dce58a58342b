"""The health score: measured values of accounts in, scores and their reasons out.

Written once in Narwhals, so that the engine that holds the data does the work: DuckDB, Polars or Spark.
Nothing is collected. `weigh_measures` needs one row at a time; the other two read its whole result, so a
caller with many rows stores it in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import narwhals as nw

from orchestration.health.config import Band, HealthConfig, HealthConfigError, Measure
from orchestration.health.seeds import file_of

ACCOUNT = ("account_id", "as_of_date")
# Sums are rounded, so that a score falls into the same band whichever order an engine adds in.
DECIMALS = 10

Frame = nw.LazyFrame[Any] | nw.DataFrame[Any]


def weigh_measures(measures: Frame, config: HealthConfig) -> nw.LazyFrame[Any]:
    """Give each measure its value, and each account its scores, coverage and reasons.

    `measures` has one row per account and as-of date: account_id, as_of_date (date), tenure_days (number),
    lifecycle_stage, region (text, may be NULL), is_leaving (boolean), each measure's source column (number),
    measured-on column (date) and recorded column (boolean). Every as-of date but the newest is the last day
    of a month.

    Returns the same rows with more columns: scores 0-100, coverage and the measures' values 0-1. A score is
    NULL where coverage is below the minimum, a value where the measure is not used.

    Raises:
        HealthConfigError: `measures` lacks a column that the seed names.
    """
    _check_columns(measures, config)
    valued = measures.lazy().with_columns(
        nw.when(_reason_not_used(measure).is_null()).then(_position(measure)).alias(value_of(measure))
        for measure in config.measures
    )
    due = [measure for measure in config.measures if measure.is_timing]
    others = [measure for measure in config.measures if not measure.is_timing]
    # Columns of their own, because each reason is compared with them.
    return valued.with_columns(
        _most_points_lost(others).alias("most_points_lost"),
        _most_points_lost(due).alias("most_timing_lost"),
        _weight_used(config.measures).alias("weight_used"),
        _coverage(config.measures).alias("coverage"),
        _score(config.measures, config.min_coverage).alias("score"),
        *(
            _score([m for m in config.measures if m.axis == axis], config.min_coverage).alias(column)
            for axis, column in zip(config.axes, config.axis_columns, strict=True)
        ),
    ).with_columns(
        main_reason=_costliest(others, "most_points_lost"),
        timing_reason=_costliest(due, "most_timing_lost"),
    )


def score_accounts(weighed: Frame, config: HealthConfig) -> nw.LazyFrame[Any]:
    """Add what depends on the account's other dates (band, trend).

    Returns one row per row of `weighed`, with the columns of health.account_scores; `score_change_30d` is in
    points of the score.
    """
    scored = _with_trend(_with_band(weighed.lazy(), config), weighed.lazy(), config.trend_min_days)
    return scored.select(
        *ACCOUNT,
        "score",
        "health_band",
        "band_as_of_date",
        "coverage",
        *config.axis_columns,
        "score_change_30d",
        "main_reason",
        "timing_reason",
        "lifecycle_stage",
        nw.lit(config.version).alias("config_version"),
    )


def values_of(weighed: Frame, config: HealthConfig, columns: Iterable[str]) -> nw.LazyFrame[Any]:
    """Give the value of each measure, 0-1, in a column of its id; NULL where it is not used.

    Returns one row per row of `weighed`, with `columns`: those of health.account_measures. A measure that was
    added to the seed since `make contracts` has no column yet; one that was removed is NULL.
    """
    measured = {measure.measure_id: nw.col(value_of(measure)) for measure in config.measures}
    nothing = nw.lit(None, nw.Float64)
    return weighed.lazy().select(
        *ACCOUNT, *(measured.get(name, nothing).alias(name) for name in columns if name not in ACCOUNT)
    )


def explain_scores(weighed: Frame, config: HealthConfig) -> nw.LazyFrame[Any]:
    """Give what each measure did to each score.

    Returns one row per row of `weighed` and measure, with the columns of health.account_contributions. The
    contributions to a score sum to it; with the points lost they sum to 100. Both are NULL where the measure
    was not used or there is no score.
    """
    return nw.concat([_explained(weighed.lazy(), measure) for measure in config.measures])


def _explained(weighed: nw.LazyFrame[Any], measure: Measure) -> nw.LazyFrame[Any]:
    """Give the contribution of one measure to every score."""
    value = nw.col(value_of(measure))
    points = nw.when(~nw.col("score").is_null()).then(100.0 * measure.weight / nw.col("weight_used"))
    return weighed.select(
        *ACCOUNT,
        nw.lit(measure.measure_id).alias("measure_id"),
        nw.lit(measure.axis).alias("axis"),
        nw.col(measure.source_column).cast(nw.Float64).alias("raw_value"),
        value.alias("normalised_value"),
        nw.lit(measure.weight).alias("weight"),
        (points * value).alias("contribution"),
        (points * (1.0 - value)).alias("points_lost"),
        (~value.is_null()).alias("is_used"),
        _reason_not_used(measure).alias("reason_not_used"),
    )


def _check_columns(measures: Frame, config: HealthConfig) -> None:
    there = set(measures.collect_schema().names())
    problems = [
        f"{file_of('health_measures')}, {measure.measure_id}: int_account_measures has no column {column!r}; "
        "correct its name, or add it to the model."
        for measure in config.measures
        for column in (measure.source_column, measure.measured_on_column, measure.recorded_column)
        if column is not None and column not in there
    ]
    if problems:
        raise HealthConfigError("\n".join(problems))


def value_of(measure: Measure) -> str:
    """Name the column of `weigh_measures` that holds the value of a measure."""
    return f"value_of_{measure.measure_id}"


def _position(measure: Measure) -> nw.Expr:
    """The raw value between bad (0) and good (1), cut at both ends."""
    raw = nw.col(measure.source_column).cast(nw.Float64)
    position = ((raw - measure.floor) / (measure.ceiling - measure.floor)).clip(0.0, 1.0)
    return position if measure.higher_is_better else 1.0 - position


def _reason_not_used(measure: Measure) -> nw.Expr:
    """Why a measure is left out of a score; NULL where it is used."""
    raw = nw.col(measure.source_column).cast(nw.Float64)
    reasons = [
        _where(~_applies(measure), "not_applicable"),
        _where(~_is_recorded(measure), "not_recorded"),
        _where(nw.col("tenure_days") < measure.min_tenure_days, "too_young"),
        _where(raw.is_null() | ~raw.is_finite(), "missing"),
    ]
    if measure.stale_after_days is not None and measure.measured_on_column is not None:
        measured_on = nw.col(measure.measured_on_column)
        expired_on = nw.col("as_of_date").dt.offset_by(f"-{measure.stale_after_days}d")
        reasons.append(_where(measured_on.is_null() | (measured_on < expired_on), "stale"))
    return nw.coalesce(*reasons)


def _where(condition: nw.Expr, text: str) -> nw.Expr:
    return nw.when(condition).then(nw.lit(text))


def _applies(measure: Measure) -> nw.Expr:
    return nw.col("lifecycle_stage").is_in(list(measure.stages)) if measure.stages else nw.lit(True)


def _is_recorded(measure: Measure) -> nw.Expr:
    if measure.recorded_column is None:
        return nw.lit(True)
    return nw.col(measure.recorded_column).fill_null(False)


def _sum(terms: Iterable[nw.Expr]) -> nw.Expr:
    """Add, counting NULL as nothing."""
    return nw.sum_horizontal(nw.lit(0.0), *terms)


def _weight_used(measures: Sequence[Measure]) -> nw.Expr:
    return _sum(nw.when(~nw.col(value_of(m)).is_null()).then(nw.lit(m.weight)) for m in measures)


def _coverage(measures: Sequence[Measure]) -> nw.Expr:
    """Weight used / weight of measures that apply and have a recorded input; NULL where none has."""
    applicable = _sum(nw.when(_applies(m) & _is_recorded(m)).then(nw.lit(m.weight)) for m in measures)
    return nw.when(applicable > 0).then((_weight_used(measures) / applicable).round(DECIMALS))


def _score(measures: Sequence[Measure], min_coverage: float) -> nw.Expr:
    """Give the score 0-100 by the measures used; NULL where their coverage is below the minimum."""
    used = _weight_used(measures)
    earned = _sum(nw.col(value_of(m)) * m.weight for m in measures)
    enough = (used > 0) & (_coverage(measures) >= min_coverage)
    return nw.when(enough).then((100.0 * earned / used).round(DECIMALS))


def _points_lost(measure: Measure) -> nw.Expr:
    """Give what a measure costs, in units of weight; NULL where it is not used."""
    return ((1.0 - nw.col(value_of(measure))) * measure.weight).round(DECIMALS)


def _most_points_lost(measures: Sequence[Measure]) -> nw.Expr:
    return nw.max_horizontal(nw.lit(0.0), *map(_points_lost, measures))


def _costliest(measures: Sequence[Measure], most: str) -> nw.Expr:
    """Name the measure that costs most points, the first by id of equals; NULL where none costs any."""
    has_reason = (nw.col(most) > 0) & ~nw.col("score").is_null()
    reasons = [_where(has_reason & (_points_lost(m) == nw.col(most)), m.measure_id) for m in measures]
    return nw.coalesce(*reasons) if reasons else nw.lit(None, nw.String)


def _with_band(weighed: nw.LazyFrame[Any], config: HealthConfig) -> nw.LazyFrame[Any]:
    """Add the band, which changes only when the score passes an edge by the hysteresis, and its date.

    Each edge is a switch: on from edge + hysteresis, off below edge - hysteresis, between them as it was at
    the preceding month-end, or simply on from the edge where there was no score then. The band is that of
    the highest switch that is on. Along an account's dates "as it was" means as it was last set, so one fill
    per edge replaces walking from month to month. Nothing is carried over a gap: without a score at the
    preceding month-end a switch is always set anew.

    What is shown rests on that band: without a score it is the last one known, for a while, and an account
    that is leaving is in the lowest band whatever its score.
    """
    score, date = nw.col("score"), nw.col("as_of_date")
    *upper, lowest = config.bands
    seen = weighed.with_columns(
        seen_on=_previous(nw.when(~score.is_null()).then(date)),
        preceding_month_end=date.dt.truncate("1mo").dt.offset_by("-1d"),
    ).with_columns(was_seen=(nw.col("seen_on") == nw.col("preceding_month_end")).fill_null(False))

    margin = nw.when(nw.col("was_seen")).then(nw.lit(config.hysteresis_points)).otherwise(nw.lit(0.0))

    def switch(edge: float) -> nw.Expr:
        off = nw.when(score < edge - margin).then(nw.lit(0))
        return nw.when(score >= edge + margin).then(nw.lit(1)).otherwise(off)

    held = seen.with_columns(
        *(switch(band.min_score).alias(_switch_of(band)) for band in upper),
        nw.when(~score.is_null()).then(date).alias("scored_on"),
    ).with_columns(
        nw.col(name).fill_null(strategy="forward").over("account_id", order_by="as_of_date")
        for name in (*map(_switch_of, upper), "scored_on")
    )
    kept_from = date.dt.offset_by(f"-{config.band_kept_days}d")
    known = held.with_columns(
        band_as_of_date=nw.when(nw.col("is_leaving"))
        .then(date)
        .otherwise(nw.when(nw.col("scored_on") >= kept_from).then(nw.col("scored_on")))
    )
    return known.with_columns(
        health_band=nw.coalesce(
            _where(nw.col("is_leaving"), lowest.health_band),
            _where(nw.col("band_as_of_date").is_null(), config.unknown_band),
            *(_where(nw.col(_switch_of(band)) == 1, band.health_band) for band in upper),
            nw.lit(lowest.health_band),
        )
    )


def _switch_of(band: Band) -> str:
    return f"at_least_{band.health_band}"


def _previous(expression: nw.Expr) -> nw.Expr:
    """Take the value of the account's previous row."""
    return expression.shift(1).over("account_id", order_by="as_of_date")


def _with_trend(scored: nw.LazyFrame[Any], weighed: nw.LazyFrame[Any], min_days: int) -> nw.LazyFrame[Any]:
    """Add the change since the nearest earlier as-of date in `weighed` that is at least `min_days` before."""
    dates = weighed.select("as_of_date").unique()
    compared = (
        dates.join(dates.select(compared_with="as_of_date"), how="cross")
        .filter(nw.col("compared_with") <= nw.col("as_of_date").dt.offset_by(f"-{min_days}d"))
        .group_by("as_of_date")
        .agg(compared_with=nw.col("compared_with").max())
    )
    earlier = weighed.select("account_id", compared_with="as_of_date", earlier_score="score")
    return (
        scored.join(compared, on="as_of_date", how="left")
        .join(earlier, on=["account_id", "compared_with"], how="left")
        .with_columns(score_change_30d=(nw.col("score") - nw.col("earlier_score")).round(DECIMALS))
    )
