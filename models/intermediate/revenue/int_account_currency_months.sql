-- Opening MRR at two rates, of the month before and of this month, so that a rate change alone is not a movement.
with plan_months as (
    select
        account_id,
        month_start,
        currency,
        sum(opening_local) as opening_local,
        sum(closing_local) as closing_local
    from {{ ref('int_account_plan_months') }}
    group by account_id, month_start, currency
),

month_rates as (
    select * from {{ ref('int_month_rates') }}
),

rated as (
    select
        plan_months.*,
        rates.rate_to_reporting as rate,
        previous_rates.rate_to_reporting as previous_rate
    from plan_months
    inner join month_rates as rates
        on plan_months.month_start = rates.month_start and plan_months.currency = rates.currency
    left join month_rates as previous_rates
        on
            {{ add_months('plan_months.month_start', -1) }} = previous_rates.month_start
            and plan_months.currency = previous_rates.currency
),

final as (
    select
        account_id,
        month_start,
        currency,
        cast(closing_local as decimal(18, 4)) as closing_local,
        case when opening_local = 0 then cast(0 as decimal(18, 4)) else {{ converted('opening_local', 'previous_rate') }} end
            as opening_mrr,
        {{ converted('opening_local', 'rate') }} as opening_mrr_at_close_rate,
        {{ converted('closing_local', 'rate') }} as closing_mrr
    from rated
)

select * from final
