-- Whom there is a health score for: the customers at every month's close. The last one is as_of_date.
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

lifecycle_stages as (
    select * from {{ ref('lifecycle_stages') }}
),

tenured as (
    select
        account_months.account_id,
        months.closes_on as as_of_date,
        account_months.month_start,
        accounts.region,
        account_months.closing_mrr as mrr,
        accounts.first_mrr_date,
        cast(
            {{ dbt.datediff('accounts.first_mrr_date', 'months.closes_on', 'day') }} as bigint
        ) as tenure_days
    from account_months
    inner join months on account_months.month_start = months.month_start
    inner join accounts on account_months.account_id = accounts.account_id
),

final as (
    select
        tenured.account_id,
        tenured.as_of_date,
        tenured.month_start,
        tenured.region,
        lifecycle_stages.lifecycle_stage,
        tenured.mrr,
        tenured.first_mrr_date,
        tenured.tenure_days
    from tenured
    inner join lifecycle_stages
        on
            tenured.tenure_days >= lifecycle_stages.from_day
            and (tenured.tenure_days < lifecycle_stages.to_day or lifecycle_stages.to_day is null)
)

select * from final
