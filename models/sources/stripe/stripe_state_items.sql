-- The items of each state of a subscription. Period ends are on items since Stripe's API of 2025-03-31, before on the
-- subscription.
with positions as (
    select
        *,
        {{ json_text('items', 'data') }} as item_list,
        {{ json_positions(json_text('items', 'data')) }} as position
    from {{ ref('stripe_states') }}
),

bodies as (
    select
        *,
        {{ json_element('item_list', 'position') }} as body
    from positions
),

final as (
    select
        subscription_id,
        starts_at,
        {{ json_text('body', 'id') }} as item_id,
        coalesce({{ json_text('body', 'price') }}, {{ json_text('body', 'plan') }}) as price,
        coalesce({{ json_text('body', 'price.id') }}, {{ json_text('body', 'plan.id') }}, {{ json_text('body', 'price') }})
            as price_id,
        cast(coalesce({{ json_text('body', 'quantity') }}, '1') as decimal(18, 6)) as quantity,
        cast({{ json_text('body', 'created') }} as bigint) as created_at,
        cast(coalesce({{ json_text('body', 'current_period_start') }}, current_period_start) as bigint) as period_start,
        cast(coalesce({{ json_text('body', 'current_period_end') }}, current_period_end) as bigint) as period_end,
        {{ json_text('body', 'discounts') }} as discounts,
        _file_name,
        _row_number
    from bodies
)

select * from final
