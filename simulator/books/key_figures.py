"""The company's key figures, read from its own books and its export."""

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
    (
        "ltv_to_cac", 2, 8, "MRR per customer / churn / costs per new customer, last 12 months",
        """select sum(closing_mrr) / sum(closing_customers) * sum(opening_customers)
             / nullif(sum(churned_customers), 0) * sum(new_customers) / (
               select sum(try_cast(cost as double) * coalesce(rate, 1))
               from {acquisition_costs} left join (
                   select currency, avg(try_cast(rate_to_reporting as double)) as rate
                   from {fx_rates} group by 1) using (currency)
               where try_cast(month as date)
                   > (select max(month_start) from {mrr_months}) - interval 12 month)
           from {mrr_months}
           where month_start > (select max(month_start) from {mrr_months}) - interval 12 month""",
    ),
    (
        "csql_win_rate", 0.15, 0.45, "sold more in accounts / won and lost, from customer success",
        """select avg((outcome = 'won')::int) from {opportunities}
           where source = 'customer_success' and kind <> 'renewal' and outcome in ('won', 'lost')""",
    ),
    (
        "lead_win_rate", 0.1, 0.35, "leads won / leads",
        """select count(nullif(won_at::varchar, '')) / count(*) from {leads}""",
    ),
    (
        "monthly_payers", 0.3, 0.8, "customers at the end that pay by month / customers",
        """select avg((account_id in (
               select account_id from {subscription_items} where billing_interval = 'month'))::int)
           from {customers}""",
    ),
    (
        "idle_customers", 0.03, 0.2, "customers at the end without use in the last month / customers",
        """select avg((account_id not in (select account_id from {last_events}
               where account_id is not null))::int) from {customers}""",
    ),
)  # fmt: skip


def key_figures(raw_dir: Path, truth_dir: Path) -> list[Figure]:
    """The key figures of a simulated company, from its two folders; None where there is no data for one.

    Untidy rows of the raw folder count as they are.
    """
    truth = ("account_traits", "account_months", "onboarding_months", "voice_months", "ticket_months")
    raw = ("acquisition_costs", "fx_rates", "opportunities", "leads", "subscription_items")
    tables = {name: _rows(truth_dir / f"{name}.parquet") for name in truth}
    tables |= {name: _rows(next(raw_dir.glob(f"{name}.*"))) for name in raw}
    tables["last_events"] = _rows(max((raw_dir / "product_events").iterdir()))
    tables["mrr_months"] = f"""(
        select *, row_number() over (order by month_start) > count(*) over () // 2 as is_second_half
        from {_rows(truth_dir / "mrr_months.parquet")})"""
    tables["customers"] = f"""(
        select account_id from {tables["account_months"]}
        where closing_mrr > 0 and month_start = (select max(month_start) from {tables["mrr_months"]}))"""
    result = []
    with duckdb.connect() as connection:
        for name, low, high, about, query in _FIGURES:
            row = connection.execute(query.format(**tables)).fetchone()
            value = None if row is None or row[0] is None else float(row[0])
            result.append(Figure(name, value, low, high, about))
    return result


def _rows(path: Path) -> str:
    """What to select from for a file; text files have texts."""
    name = str(path).replace("'", "''")
    return (
        f"read_parquet('{name}')" if path.suffix == ".parquet" else f"read_csv('{name}', all_varchar = true)"
    )
