-- Every churn has one reason, not_stated where none is known: all reasons add up to the month's churned customers and
-- MRR.
with reasons as (
    select
        month_start,
        sum(churned_accounts) as churned_accounts,
        sum(mrr_lost) as mrr_lost
    from {{ ref('kpi_churn_reason_months') }}
    group by month_start
),

supplied_inputs as (
    select * from {{ ref('dim_supplied_inputs') }}
),

churn as (
    select
        account_months.month_start,
        {{ count_where('account_months.is_churned') }} as churned_customers,
        sum(account_months.churned_mrr) as churned_mrr
    from {{ ref('fct_account_months') }} as account_months
    cross join supplied_inputs
    where supplied_inputs.has_cancellations
    group by account_months.month_start
)

select
    coalesce(reasons.month_start, churn.month_start) as month_start,
    reasons.churned_accounts,
    churn.churned_customers,
    reasons.mrr_lost,
    churn.churned_mrr
from reasons
full outer join churn on reasons.month_start = churn.month_start
where
    coalesce(reasons.churned_accounts, 0) != coalesce(churn.churned_customers, 0)
    or coalesce(reasons.mrr_lost, 0) != coalesce(churn.churned_mrr, 0)
