with base as (
    select * from {{ ref('base_subscription_items') }}
),

final as (
    select
        subscription_item_id,
        subscription_id,
        account_id,
        plan_id,
        quantity,
        unit_price,
        discount_rate,
        currency,
        billing_interval,
        billing_interval_count,
        status,
        valid_from,
        valid_to,
        recorded_at,
        _file_name,
        _row_number
    from base
    where row_status = 'accepted'
)

select * from final
