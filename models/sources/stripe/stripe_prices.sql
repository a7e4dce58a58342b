-- Every price of the exports, the events and the items of subscriptions, as its last appearance has it. A plan of the
-- older API is a price with other names.
with bodies as (
    select
        1 as preference,
        body,
        _file_name,
        _row_number
    from {{ ref('stripe_objects') }}
    where object_name in ('prices', 'plans')
    union all
    select
        2 as preference,
        price as body,
        _file_name,
        _row_number
    from {{ ref('stripe_state_items') }}
    union all
    select
        case when {{ json_text('body', 'type') }} = 'price.deleted' then 3 else 2 end as preference,
        {{ json_text('body', 'data.object') }} as body,
        _file_name,
        _row_number
    from {{ ref('stripe_objects') }}
    where
        object_name = 'events'
        and ({{ json_text('body', 'type') }} like 'price.%' or {{ json_text('body', 'type') }} like 'plan.%')
),

named as (
    select
        {{ json_text('body', 'id') }} as price_id,
        coalesce({{ json_text('body', 'product.id') }}, {{ json_text('body', 'product') }}) as product_id,
        upper({{ json_text('body', 'currency') }}) as currency,
        cast(coalesce(
            {{ json_text('body', 'unit_amount_decimal') }}, {{ json_text('body', 'unit_amount') }},
            {{ json_text('body', 'amount_decimal') }}, {{ json_text('body', 'amount') }}
        ) as decimal(28, 12)) as unit_amount,
        coalesce({{ json_text('body', 'recurring.interval') }}, {{ json_text('body', 'interval') }}) as billing_interval,
        coalesce({{ json_text('body', 'recurring.interval_count') }}, {{ json_text('body', 'interval_count') }}, '1')
            as billing_interval_count,
        coalesce({{ json_text('body', 'recurring.usage_type') }}, {{ json_text('body', 'usage_type') }}, 'licensed')
            as usage_type,
        {{ json_text('body', 'tiers_mode') }} as tiers_mode,
        {{ json_text('body', 'tiers') }} as tiers,
        cast(coalesce({{ json_text('body', 'transform_quantity.divide_by') }}, {{ json_text('body', 'transform_usage.divide_by') }})
            as decimal(18, 6)) as divide_by,
        coalesce({{ json_text('body', 'transform_quantity.round') }}, {{ json_text('body', 'transform_usage.round') }})
            as rounding,
        {{ json_text('body', 'nickname') }} as nickname,
        {{ json_text('body', 'metadata.plan_id') }} as named_plan_id,
        {{ json_text('body', 'metadata.tier_rank') }} as tier_rank,
        {{ json_text('body', 'metadata.is_addon') }} as is_addon,
        preference,
        _file_name,
        _row_number
    from bodies
),

ranked as (
    select
        *,
        row_number() over (
            partition by price_id order by case when tiers is null then 1 else 0 end asc, preference asc, _file_name desc, _row_number desc
        ) as place
    from named
    where price_id is not null
),

final as (
    select
        ranked.*,
        coalesce(ranked.named_plan_id, ranked.price_id) as plan_id,
        coalesce(currencies.minor_units, 100) as minor_units
    from ranked
    left join {{ ref('stripe_currencies') }} as currencies on ranked.currency = currencies.currency
    where ranked.place = 1
)

select * from final
