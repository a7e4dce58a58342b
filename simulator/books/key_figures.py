"""The company's key figures, read from its own books."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True)
class Figure:
    """One figure of a simulated company, and the range in which business software companies report it."""

    name: str
    value: float | None
    low: float
    high: float
    about: str

    @property
    def is_usual(self) -> bool:
        """Within the range."""
        return self.value is not None and self.low <= self.value <= self.high

    def __str__(self) -> str:
        """One line, as in a report."""
        value = "no data" if self.value is None else f"{self.value:,.3f}"
        mark = "" if self.is_usual else "  <- unusual"
        return f"{self.name:32} {value:>9}   usual {self.low:g} to {self.high:g}   {self.about}{mark}"


# Mostly of the second half of the period: the first months have too few customers.
_FIGURES = (
    (
        "monthly_logo_churn", 0.01, 0.03, "customers lost / opening customers, mean month of the second half",
        """select sum(churned_customers) / sum(opening_customers) from {mrr_months} where is_second_half""",
    ),
    (
        "nrr_12m", 0.95, 1.20, "mean of the second half's months",
        """select avg(nrr_12m_rate) from {mrr_months} where is_second_half""",
    ),
    (
        "grr_12m", 0.80, 0.95, "mean of the second half's months",
        """select avg(grr_12m_rate) from {mrr_months} where is_second_half""",
    ),
    (
        "trial_conversion", 0.15, 0.60, "trials that became customers / trials, the last 60 days left out",
        """select avg((first_paid_at is not null)::int) from {account_traits}
           where had_trial and not is_test
             and created_at < (select max(month_start) from {mrr_months}) - interval 30 day""",
    ),
    (
        "onboarding_completion", 0.35, 0.75, "completed within 60 days / offered, mature months",
        """select sum(accounts_completed) / sum(accounts_offered) from {onboarding_months} where is_mature""",
    ),
    (
        "csat", 0.75, 0.92, "answers of 4 and 5 / answers",
        """select sum(satisfied) / sum(csat_responses) from {voice_months}""",
    ),
    (
        "nps", 10, 50, "promoters - detractors, in percent of answers",
        """select 100 * (sum(promoters) - sum(detractors)) / sum(nps_responses) from {voice_months}""",
    ),
    (
        "tickets_per_100_customers", 10, 200, "a month, second half",
        """select 100 * sum(opened) / sum(closing_customers)
           from {ticket_months} join {mrr_months} using (month_start) where is_second_half""",
    ),
)  # fmt: skip


def key_figures(truth_dir: Path) -> list[Figure]:
    """The key figures of the company whose truth lies in `truth_dir`; None where there is no data for one."""

    def table(name: str) -> str:
        path = str(truth_dir / f"{name}.parquet").replace("'", "''")
        return f"read_parquet('{path}')"

    tables = {
        name: table(name) for name in ("account_traits", "onboarding_months", "voice_months", "ticket_months")
    }
    tables["mrr_months"] = f"""(
        select *, row_number() over (order by month_start) > count(*) over () // 2 as is_second_half
        from {table("mrr_months")})"""
    result = []
    with duckdb.connect() as connection:
        for name, low, high, about, query in _FIGURES:
            row = connection.execute(query.format(**tables)).fetchone()
            value = None if row is None or row[0] is None else float(row[0])
            result.append(Figure(name, value, low, high, about))
    return result
