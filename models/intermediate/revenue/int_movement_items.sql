-- Both sides of each item change of a movement, with whether the account had MRR in the plan and product before and
-- after.
with item_changes as (
    select * from {{ ref('int_item_changes') }}
),

movements as (
    select * from {{ ref('int_account_mrr_movements') }}
),

month_rates as (
    select * from {{ ref('int_month_rates') }}
),

sides as (
    {% for side in ['before', 'after'] -%}
    select
        account_id,
        subscription_item_id,
        change_date,
        '{{ side }}' as side,
        plan_id_{{ side }} as plan_id,
        product_id_{{ side }} as product_id,
        tier_rank_{{ side }} as tier_rank,
        is_addon_{{ side }} as is_addon,
        quantity_{{ side }} as quantity,
        unit_price_{{ side }} as unit_price,
        discount_rate_{{ side }} as discount_rate,
        billing_interval_{{ side }} as billing_interval,
        billing_interval_count_{{ side }} as billing_interval_count,
        currency_{{ side }} as currency,
        mrr_local_{{ side }} as mrr_local
    from item_changes
    where mrr_local_{{ side }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

plan_days as (
    select
        account_id,
        product_id,
        plan_id,
        change_date,
        sum(case when side = 'after' then mrr_local else -mrr_local end) as delta
    from sides
    group by account_id, product_id, plan_id, change_date
),

product_days as (
    select
        account_id,
        product_id,
        change_date,
        sum(delta) as delta
    from plan_days
    group by account_id, product_id, change_date
),

-- Amounts of several currencies may be added here, because only whether the sum is zero matters.
plan_balances as (
    select
        *,
        sum(delta) over (
            partition by account_id, plan_id order by change_date rows between unbounded preceding and current row
        ) as balance
    from plan_days
),

product_balances as (
    select
        *,
        sum(delta) over (
            partition by account_id, product_id order by change_date rows between unbounded preceding and current row
        ) as balance
    from product_days
),

final as (
    select
        movements.movement_id,
        movements.movement_type,
        sides.subscription_item_id,
        sides.side,
        sides.plan_id,
        sides.product_id,
        sides.tier_rank,
        sides.is_addon,
        sides.quantity,
        sides.unit_price,
        sides.discount_rate,
        sides.billing_interval,
        sides.billing_interval_count,
        {{ converted('sides.mrr_local', 'month_rates.rate_to_reporting') }} as mrr,
        month_rates.rate_to_reporting,
        plan_balances.balance - plan_balances.delta > 0 as was_plan_held,
        plan_balances.balance > 0 as is_plan_held,
        product_balances.balance - product_balances.delta > 0 as was_product_held,
        product_balances.balance > 0 as is_product_held
    from sides
    inner join movements
        on sides.account_id = movements.account_id and sides.change_date = movements.movement_date
    inner join month_rates
        on movements.month_start = month_rates.month_start and sides.currency = month_rates.currency
    inner join plan_balances
        on
            sides.account_id = plan_balances.account_id
            and sides.plan_id = plan_balances.plan_id
            and sides.change_date = plan_balances.change_date
    inner join product_balances
        on
            sides.account_id = product_balances.account_id
            and sides.product_id = product_balances.product_id
            and sides.change_date = product_balances.change_date
)

select * from final
