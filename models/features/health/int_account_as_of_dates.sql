-- Customers scored at each month-end; the last month ends on the as-of date.
with account_months as (
    select * from {{ ref('fct_account_months') }}
    where closing_mrr > 0
),

months as (
    select * from {{ ref('int_months') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

stages as (
    select * from {{ ref('int_account_lifecycle_stages') }}
),

final as (
    select
        account_months.account_id,
        months.closes_on as as_of_date,
        account_months.month_start,
        accounts.region,
        stages.lifecycle_stage,
        account_months.closing_mrr as mrr,
        stages.customer_since,
        stages.tenure_days
    from account_months
    inner join months on account_months.month_start = months.month_start
    inner join accounts on account_months.account_id = accounts.account_id
    inner join stages
        on account_months.account_id = stages.account_id and account_months.month_start = stages.month_start
)

select * from final
