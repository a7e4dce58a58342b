-- The discounts of each state: of an item (level 1), of the subscription (2) and, where that has none, of the customer
-- (3), each with its coupon, which Stripe gives as an object or as an id, in the discount or in its source.
with subscription_lists as (
    select
        *,
        case
            when coalesce(json_array_length(discounts), 0) > 0 then discounts
            when substr(discount, 1, 1) = '{' then concat('[', discount, ']')
            when discount is not null then concat('["', discount, '"]')
        end as listed
    from {{ ref('stripe_states') }}
),

lists as (
    select
        subscription_id,
        starts_at,
        item_id,
        1 as discount_level,
        discounts as listed
    from {{ ref('stripe_state_items') }}
    union all
    select
        subscription_id,
        starts_at,
        cast(null as string) as item_id,
        2 as discount_level,
        listed
    from subscription_lists
),

positions as (
    select
        *,
        {{ json_positions('listed') }} as position
    from lists
),

present as (
    select {{ json_text('body', 'discount') }} as body
    from {{ ref('stripe_objects') }}
    where object_name = 'customers'
),

customers as (
    select
        {{ json_text('body', 'customer') }} as customer_id,
        body,
        cast(null as bigint) as removed_at
    from present
    where substr(body, 1, 1) = '{'
    union all
    select
        {{ json_text('body', 'data.object.customer') }} as customer_id,
        {{ json_text('body', 'data.object') }} as body,
        case
            when {{ json_text('body', 'type') }} = 'customer.discount.deleted' then cast({{ json_text('body', 'created') }} as bigint)
        end as removed_at
    from {{ ref('stripe_objects') }}
    where object_name = 'events' and {{ json_text('body', 'type') }} like 'customer.discount.%'
),

customer_discounts as (
    select
        customer_id,
        max(body) as body,
        min(removed_at) as removed_at
    from customers
    where {{ json_text('body', 'subscription') }} is null
    group by customer_id, {{ json_text('body', 'id') }}
),

given as (
    select
        subscription_id,
        starts_at,
        item_id,
        discount_level,
        position,
        {{ json_element('listed', 'position') }} as body,
        cast(null as bigint) as removed_at
    from positions
    union all
    select
        states.subscription_id,
        states.starts_at,
        cast(null as string) as item_id,
        3 as discount_level,
        0 as position,
        customer_discounts.body,
        customer_discounts.removed_at
    from subscription_lists as states
    inner join customer_discounts on states.customer = customer_discounts.customer_id
    where states.listed is null
),

-- Where a discount is named by its id alone, another place has it whole.
bodies as (
    select body
    from given
    where substr(body, 1, 1) = '{'
    union all
    select body
    from {{ ref('stripe_objects') }}
    where object_name = 'discounts'
    union all
    select body
    from customers
),

whole as (
    select
        {{ json_text('body', 'id') }} as discount_id,
        max(body) as body
    from bodies
    group by {{ json_text('body', 'id') }}
),

found as (
    select
        given.subscription_id,
        given.starts_at,
        given.item_id,
        given.discount_level,
        given.position,
        given.removed_at,
        case when substr(given.body, 1, 1) = '{' then {{ json_text('given.body', 'id') }} else given.body end as discount_id,
        case when substr(given.body, 1, 1) = '{' then given.body else whole.body end as body
    from given
    left join whole on given.body = whole.discount_id
    where given.body is not null
),

coupons as (
    select
        found.*,
        coalesce({{ json_text('found.body', 'coupon') }}, {{ json_text('found.body', 'source.coupon') }}) as coupon
    from found
),

final as (
    select
        coupons.subscription_id,
        coupons.starts_at,
        coupons.item_id,
        coupons.discount_level,
        coupons.position,
        coupons.discount_id,
        cast({{ json_text('coupons.body', 'start') }} as bigint) as begins_at,
        least(
            coalesce(cast({{ json_text('coupons.body', 'end') }} as bigint), coupons.removed_at),
            coalesce(coupons.removed_at, cast({{ json_text('coupons.body', 'end') }} as bigint))
        ) as ends_at,
        case when substr(coupons.coupon, 1, 1) = '{' then coupons.coupon else exported.body end as coupon
    from coupons
    left join {{ ref('stripe_objects') }} as exported
        on exported.object_name = 'coupons' and coupons.coupon = exported.object_id
)

select * from final
