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

lifecycle_stages as (
    select * from {{ ref('lifecycle_stages') }}
),

-- A customer that left and returned begins anew.
stretches as (
    select
        account_id,
        movement_date as begins_on,
        lead(movement_date) over (partition by account_id order by movement_date) as next_begins_on
    from {{ ref('fct_mrr_movements') }}
    where movement_type in ('new', 'reactivation')
),

scored_customers as (
    select
        account_months.account_id,
        months.closes_on as as_of_date,
        account_months.month_start,
        accounts.region,
        account_months.closing_mrr as mrr,
        stretches.begins_on as customer_since,
        cast({{ dbt.datediff('stretches.begins_on', 'months.closes_on', 'day') }} as bigint) as tenure_days
    from account_months
    inner join months on account_months.month_start = months.month_start
    inner join accounts on account_months.account_id = accounts.account_id
    inner join stretches
        on
            account_months.account_id = stretches.account_id
            and months.closes_on >= stretches.begins_on
            and (months.closes_on < stretches.next_begins_on or stretches.next_begins_on is null)
),

final as (
    select
        scored_customers.account_id,
        scored_customers.as_of_date,
        scored_customers.month_start,
        scored_customers.region,
        lifecycle_stages.lifecycle_stage,
        scored_customers.mrr,
        scored_customers.customer_since,
        scored_customers.tenure_days
    from scored_customers
    inner join lifecycle_stages
        on
            scored_customers.tenure_days >= lifecycle_stages.from_day
            and (scored_customers.tenure_days < lifecycle_stages.to_day or lifecycle_stages.to_day is null)
)

select * from final
