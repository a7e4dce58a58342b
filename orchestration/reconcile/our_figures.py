"""Our figures by month, and what other rules would add to them, by account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb

# What a rule would add to the MRR of a month, in the reporting currency. Rates are those of accounts with
# a single currency were converted.
_ADDED = """
with months as (
    select month_start, closes_on from marts.dim_months where month_start in (select unnest($months))
),
priced as (
    select
        months.month_start, items.account_id, items.currency, items.status, items.mrr_local,
        items.discount_rate,
        items.quantity * items.unit_price as bill,
        items.quantity * items.unit_price / items.billing_interval_count * case items.billing_interval
            when 'month' then 1 when 'quarter' then 1 / 3.0 when 'year' then 1 / 12.0
            when 'week' then 52 / 12.0 else 365 / 12.0
        end as price
    from marts.fct_subscription_periods as items
    inner join months on items.started_on <= months.closes_on
        and (items.ended_on is null or items.ended_on > months.closes_on)
),
of_one_currency as (
    select month_start, account_id, min(currency) as currency, sum(mrr_local) as mrr_local
    from priced where mrr_local > 0
    group by all having count(distinct currency) = 1
),
rates as (
    select ones.month_start, ones.currency, sum(months.closing_mrr) / sum(ones.mrr_local) as rate
    from of_one_currency as ones
    inner join marts.fct_account_months as months
        on ones.account_id = months.account_id and ones.month_start = months.month_start
    group by all
),
added as (
    select priced.month_start, priced.account_id, unnest([
        {'rule': 'trial', 'amount': case when status = 'trialing' then price * (1 - discount_rate) end},
        {'rule': 'free', 'amount': case when status = 'active' and discount_rate = 1 then price end},
        {'rule': 'paused', 'amount': case when status = 'paused' then price * (1 - discount_rate) end},
        {'rule': 'unpaid', 'amount':
            case when status = 'past_due' and mrr_local = 0 then price * (1 - discount_rate) end},
        {'rule': 'discount', 'amount': case when mrr_local > 0 then price * discount_rate end},
        {'rule': 'not_spread', 'amount':
            case when mrr_local > 0 then bill * (1 - discount_rate) - mrr_local end},
        {'rule': 'currency', 'amount':
            case when mrr_local > 0 then mrr_local / coalesce(rate, 1) - mrr_local end}
    ]) as part, coalesce(rate, 1) as rate
    from priced
    left join rates on priced.month_start = rates.month_start and priced.currency = rates.currency
    union all
    select month_start, account_id, {'rule': charge_kind, 'amount': amount}, 1
    from marts.fct_other_charges where month_start in (select unnest($months))
)
select month_start, account_id, part.rule, round(sum(part.amount * rate), 4)::decimal(18, 4)
from added
group by all having sum(part.amount * rate) != 0
"""
_TOTALS = """
select mrr.month_start, mrr.closing_mrr, customers.closing_customers, mrr.churned_mrr,
    customers.churned_customers, mrr.churned_mrr + mrr.contraction_mrr, gross.churned_mrr
from marts.kpi_mrr_months as mrr
left join marts.kpi_customer_retention_months as customers
    on mrr.month_start = customers.month_start and customers.segment_dimension = 'all'
left join marts.kpi_mrr_months_gross as gross
    on mrr.month_start = gross.month_start and gross.segment_dimension = 'all'
where mrr.segment_dimension = 'all'
"""


@dataclass(frozen=True)
class OurFigures:
    """`totals` by measure and month, `contraction` and `gross` being other readings of churned_mrr.

    `accounts`: closing MRR by month and account. `added`: by month, account and rule. `names` by account.
    """

    totals: Mapping[str, Mapping[dt.date, Decimal]]
    accounts: Mapping[dt.date, Mapping[str, Decimal]]
    added: Mapping[dt.date, Mapping[str, Mapping[str, Decimal]]] = field(default_factory=dict)
    names: Mapping[str, str | None] = field(default_factory=dict)


def read_our_figures(connection: duckdb.DuckDBPyConnection, months: Collection[dt.date]) -> OurFigures:
    """The figures of a release for these months, and closing MRR of the months before and after them."""
    measures = ("mrr", "customers", "churned_mrr", "churned_customers", "contraction", "gross")
    totals: dict[str, dict[dt.date, Decimal]] = {name: {} for name in measures}
    for month, *values in connection.execute(_TOTALS).fetchall():
        for name, value in zip(measures, values, strict=True):
            if value is not None:
                totals[name][month] = Decimal(value)
    accounts: dict[dt.date, dict[str, Decimal]] = {}
    for month, account, mrr in connection.execute(
        "select month_start, account_id, closing_mrr from marts.fct_account_months where closing_mrr > 0"
    ).fetchall():
        accounts.setdefault(month, {})[account] = mrr
    added: dict[dt.date, dict[str, dict[str, Decimal]]] = {}
    for month, account, rule, amount in connection.execute(_ADDED, {"months": sorted(months)}).fetchall():
        added.setdefault(month, {}).setdefault(account, {})[rule] = amount
    names = dict(connection.execute("select account_id, account_name from marts.dim_accounts").fetchall())
    return OurFigures(totals, accounts, added, names)
