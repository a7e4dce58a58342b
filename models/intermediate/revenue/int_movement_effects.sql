-- The effects of price, discount and seats on items that changed within a product held before and after.
with sides as (
    select * from {{ ref('int_movement_items') }}
    where
        movement_type in ('expansion', 'contraction')
        and was_product_held
        and is_product_held
        and not (is_addon and is_plan_held and not was_plan_held)
),

counted_items as (
    select
        *,
        count(*) over (partition by movement_id, product_id, subscription_item_id) as sides_of_item
    from sides
),

item_counts as (
    select
        *,
        sum(case when side = 'before' and sides_of_item = 1 then 1 else 0 end)
            over (partition by movement_id, product_id) as items_ended,
        sum(case when side = 'after' and sides_of_item = 1 then 1 else 0 end)
            over (partition by movement_id, product_id) as items_begun
    from counted_items
),

-- One item that ends and one that begins in the same product on the same day count as one item that changed.
keyed_items as (
    select
        *,
        case
            when sides_of_item = 2 then subscription_item_id
            when items_ended = 1 and items_begun = 1 then ''
            else side || '|' || subscription_item_id
        end as change_key
    from item_counts
),

changed_items as (
    select
        movement_id,
        product_id,
        change_key,
        {% for side in ['before', 'after'] -%}
        max(case when side = '{{ side }}' then plan_id end) as plan_id_{{ side }},
        max(case when side = '{{ side }}' then tier_rank end) as tier_rank_{{ side }},
        max(case when side = '{{ side }}' then quantity end) as quantity_{{ side }},
        max(case when side = '{{ side }}' then discount_rate end) as discount_rate_{{ side }},
        max(case when side = '{{ side }}' then mrr end) as mrr_{{ side }},
        {% endfor -%}
        max(case when side = 'after' then unit_price end) as unit_price,
        max(case when side = 'after' then billing_interval end) as billing_interval,
        max(case when side = 'after' then billing_interval_count end) as billing_interval_count,
        max(case when side = 'after' then rate_to_reporting end) as rate_to_reporting
    from keyed_items
    group by movement_id, product_id, change_key
),

-- Effects are taken in the order price, discount, seats.
repriced_items as (
    select
        *,
        {{ monthly_amount('quantity_before', 'unit_price', 'discount_rate_before', 'billing_interval', 'billing_interval_count') }}
            as local_at_new_price,
        {{ monthly_amount('quantity_before', 'unit_price', 'discount_rate_after', 'billing_interval', 'billing_interval_count') }}
            as local_at_new_discount
    from changed_items
),

final as (
    select
        movement_id,
        product_id,
        change_key,
        plan_id_before,
        plan_id_after,
        tier_rank_before,
        tier_rank_after,
        mrr_before,
        mrr_after,
        {{ converted('local_at_new_price', 'rate_to_reporting') }} - mrr_before as price_effect,
        {{ converted('local_at_new_discount', 'rate_to_reporting') }}
        - {{ converted('local_at_new_price', 'rate_to_reporting') }} as discount_effect,
        mrr_after - {{ converted('local_at_new_discount', 'rate_to_reporting') }} as seat_effect
    from repriced_items
)

select * from final
