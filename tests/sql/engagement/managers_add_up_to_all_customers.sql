-- Every customer has one manager, `unknown` where the source has none.
with managers as (
    select
        month_start,
        sum(accounts) as accounts,
        sum(mrr) as mrr
    from {{ ref('kpi_csm_months') }}
    group by month_start
),

customers as (
    select
        month_start,
        sum(case when is_closing_customer then 1 else 0 end) as accounts,
        sum(closing_mrr) as mrr
    from {{ ref('fct_account_months') }}
    group by month_start
)

select
    coalesce(managers.month_start, customers.month_start) as month_start,
    managers.accounts as accounts_of_managers,
    customers.accounts,
    managers.mrr as mrr_of_managers,
    customers.mrr
from managers
full outer join customers on managers.month_start = customers.month_start
where
    coalesce(managers.accounts, 0) != coalesce(customers.accounts, 0)
    or coalesce(managers.mrr, 0) != coalesce(customers.mrr, 0)
