-- Stripe's prices; several of one metadata.plan_id are one plan, named by the first of them.
with products as (
    select
        object_id as product_id,
        {{ json_text('body', 'name') }} as product_name
    from {{ ref('stripe_objects') }}
    where object_name = 'products'
),

prices as (
    select
        *,
        row_number() over (partition by plan_id order by price_id) as place_in_plan
    from {{ ref('stripe_prices') }}
    where billing_interval is not null
),

final as (
    select
        prices.plan_id,
        coalesce(prices.nickname, products.product_name) as plan_name,
        prices.product_id,
        products.product_name,
        prices.tier_rank,
        prices.is_addon,
        concat(prices._file_name, ' [', prices.price_id, ']') as _file_name,
        prices._row_number
    from prices
    left join products on prices.product_id = products.product_id
    where prices.place_in_plan = 1
)

select * from final
