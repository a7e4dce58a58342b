"""The health score is one set of expressions: DuckDB, Polars and Spark give the same scores."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl
from hypothesis import given, settings

from orchestration.engines.spark_session import Session
from tests.python.support.health_builders import Row, contributions, in_duckdb, in_polars, scores
from tests.python.support.health_strategies import CONFIG, assert_same, company_of

_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "string",
    pl.Date: "date",
    pl.Float64: "double",
    pl.Boolean: "boolean",
}


@settings(max_examples=3, deadline=None, derandomize=True)
@given(company=company_of(20))
def test_three_engines_agree(session: Session, company: list[Row]) -> None:
    def in_spark(frame: pl.DataFrame) -> nw.LazyFrame[Any]:
        columns = ", ".join(f"{name} {_TYPES[type(kind)]}" for name, kind in frame.schema.items())
        return nw.from_native(session.createDataFrame(frame.rows(), columns))

    for figures in (scores, contributions):
        expected = figures(company, CONFIG, in_polars)
        assert_same(figures(company, CONFIG, in_duckdb), expected)
        assert_same(figures(company, CONFIG, in_spark), expected)
