{{ config(materialized='view') }}

with periods as (
    select * from {{ ref('int_subscription_periods') }}
),

final as (
    select
        subscription_item_id,
        subscription_id,
        account_id,
        plan_id,
        product_id,
        currency,
        billing_interval,
        status,
        quantity,
        unit_price,
        discount_rate,
        mrr_local,
        billing_interval_count,
        is_ended_by_grace,
        is_overlap_repaired,
        started_on,
        ended_on,
        valid_from,
        valid_to
    from periods
)

select * from final
