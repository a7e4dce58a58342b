-- Lifecycle stage of each account and month, as of the close; for an account that left, as of the opening.
with totals as (
    select * from {{ ref('int_account_month_totals') }}
    where opening_mrr > 0 or closing_mrr > 0
),

months as (
    select * from {{ ref('int_months') }}
),

stages as (
    select * from {{ ref('lifecycle_stages') }}
),

-- A customer that left and returned begins anew.
stretches as (
    select
        account_id,
        movement_date as begins_on,
        lead(movement_date) over (partition by account_id order by movement_date) as next_begins_on
    from {{ ref('int_account_mrr_movements') }}
    where movement_type in ('new', 'reactivation')
),

dated as (
    select
        totals.account_id,
        totals.month_start,
        case when totals.closing_mrr > 0 then months.closes_on else {{ add_days('totals.month_start', -1) }} end as dated_on
    from totals
    inner join months on totals.month_start = months.month_start
),

tenured as (
    select
        dated.account_id,
        dated.month_start,
        stretches.begins_on as customer_since,
        cast({{ dbt.datediff('stretches.begins_on', 'dated.dated_on', 'day') }} as bigint) as tenure_days
    from dated
    inner join stretches
        on
            dated.account_id = stretches.account_id
            and dated.dated_on >= stretches.begins_on
            and (dated.dated_on < stretches.next_begins_on or stretches.next_begins_on is null)
),

final as (
    select
        tenured.account_id,
        tenured.month_start,
        stages.lifecycle_stage,
        tenured.customer_since,
        tenured.tenure_days
    from tenured
    inner join stages
        on
            tenured.tenure_days >= stages.from_day
            and (tenured.tenure_days < stages.to_day or stages.to_day is null)
)

select * from final
