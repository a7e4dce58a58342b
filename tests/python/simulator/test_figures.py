"""The company is an ordinary business: its figures, printed, lie where business software reports them."""

from __future__ import annotations

import duckdb
import pytest

from simulator import Simulated
from simulator.books.key_figures import key_figures
from simulator.parameters import SCENARIOS


def test_key_figures_lie_in_known_ranges(large: Simulated, capsys: pytest.CaptureFixture[str]) -> None:
    found = key_figures(large.raw_dir, large.truth_dir)
    with capsys.disabled():
        print("\nFigures of a simulated company (2,000 accounts, 36 months), from its own books:")
        for figure in found:
            print(f"  {figure}")
    assert [figure.name for figure in found if not figure.is_usual] == []


@pytest.mark.parametrize("days", [30, 90, 180])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_as_many_are_lost_as_the_hidden_probability_says(
    large: Simulated, classic: Simulated, scenario: str, days: int
) -> None:
    """Overall and by fifths of risk, within three standard errors, and 5 % for what the truth leaves out.

    Month-ends so far apart that no loss counts twice.
    """
    company = classic if scenario == "classic" else large
    with duckdb.connect() as connection:
        for name in ("account_hazards", "mrr_movements"):
            connection.execute(f"create view {name} as from '{company.truth_dir}/{name}.parquet'")
        rows = connection.execute(
            f"""with observed as (
                select churn_probability_{days}d as chance, exists (
                    select * from mrr_movements m
                    where m.account_id = h.account_id and movement_type = 'churn'
                    and movement_date > as_of_date and movement_date <= as_of_date + {days}) as is_lost
                from account_hazards h
                where as_of_date <= date '2025-12-31' - {days} and month(as_of_date) % ({days} // 30) = 0),
            fifths as (select *, ntile(5) over (order by chance) as fifth from observed)
            select fifth, sum(chance), sum(is_lost::int), sqrt(sum(chance * (1 - chance))) from fifths
            group by rollup (fifth) order by fifth nulls last"""
        ).fetchall()
    assert len(rows) == 6
    for fifth, expected, lost, error in rows:
        assert lost == pytest.approx(expected, abs=0.05 * expected + 3 * error + 5), fifth
    riskiest, everyone = rows[4], rows[5]
    assert riskiest[2] > 0.5 * everyone[2]
