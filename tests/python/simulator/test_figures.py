"""The company is an ordinary business: its figures, printed, lie where business software reports them."""

from __future__ import annotations

import duckdb
import pytest

from simulator import Simulated
from simulator.books.key_figures import key_figures


def test_key_figures_lie_in_known_ranges(large: Simulated, capsys: pytest.CaptureFixture[str]) -> None:
    found = key_figures(large.truth_dir)
    with capsys.disabled():
        print("\nFigures of a simulated company (2,000 accounts, 36 months), from its own books:")
        for figure in found:
            print(f"  {figure}")
    assert [figure.name for figure in found if not figure.is_usual] == []


def test_the_hidden_probability_says_how_many_are_lost(large: Simulated) -> None:
    """Over all accounts and quarters, expected and actual losses agree within a quarter."""
    with duckdb.connect() as connection:
        for name in ("account_hazards", "mrr_movements"):
            connection.execute(f"create view {name} as from '{large.truth_dir}/{name}.parquet'")
        row = connection.execute(
            """with observed as (
                select churn_probability_90d as chance, exists (
                    select * from mrr_movements m
                    where m.account_id = h.account_id and movement_type = 'churn'
                    and movement_date > as_of_date and movement_date <= as_of_date + 90) as is_lost,
                    ntile(10) over (order by churn_probability_90d) as tenth
                from account_hazards h where as_of_date < '2025-10-01' and month(as_of_date) in (3, 6, 9, 12))
            select avg(chance), avg(is_lost::int), avg(is_lost::int) filter (tenth = 10) from observed"""
        ).fetchone()
    assert row is not None
    expected, actual, riskiest = row
    assert actual == pytest.approx(expected, rel=0.25)
    assert riskiest > 3 * actual
