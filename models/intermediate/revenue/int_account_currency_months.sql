-- Opening MRR twice: as it closed the month before, and at this month's exchange rate, so that a rate is never a movement.
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

new_products as (
    select * from {{ ref('int_account_new_product_months') }}
),

month_rates as (
    select * from {{ ref('int_month_rates') }}
),

rated as (
    select
        plan_months.*,
        coalesce(new_products.new_product_local, 0) as new_product_local,
        rates.rate_to_reporting as rate,
        previous_rates.rate_to_reporting as previous_rate
    from plan_months
    inner join month_rates as rates
        on plan_months.month_start = rates.month_start and plan_months.currency = rates.currency
    left join month_rates as previous_rates
        on
            {{ add_months('plan_months.month_start', -1) }} = previous_rates.month_start
            and plan_months.currency = previous_rates.currency
    left join new_products
        on
            plan_months.account_id = new_products.account_id
            and plan_months.month_start = new_products.month_start
            and plan_months.currency = new_products.currency
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
        {{ converted('closing_local', 'rate') }} as closing_mrr,
        cast(
            {{ converted('closing_local', 'rate') }} - {{ converted('closing_local - new_product_local', 'rate') }}
            as decimal(18, 4)
        ) as new_product_mrr
    from rated
)

select * from final
