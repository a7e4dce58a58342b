with movements as (
    select * from {{ ref('int_account_mrr_movements') }}
),

movement_items as (
    select * from {{ ref('int_movement_items') }}
),

movement_effects as (
    select * from {{ ref('int_movement_effects') }}
),

-- A product that is new or gone is one driver as a whole; so is an add-on plan that is new.
whole_products as (
    select
        movement_id,
        product_id,
        case
            when movement_type in ('new', 'reactivation', 'churn') then movement_type
            when side = 'after' then 'cross_sell'
            else 'product_removed'
        end as driver,
        case when side = 'after' then mrr else -mrr end as amount
    from movement_items
    where
        movement_type in ('new', 'reactivation', 'churn')
        or (side = 'after' and not was_product_held)
        or (side = 'after' and is_addon and not was_plan_held)
        or (side = 'before' and not is_product_held)
),

added_or_removed_items as (
    select
        movement_id,
        product_id,
        case when mrr_before is null then 'subscription_added' else 'subscription_removed' end as driver,
        coalesce(mrr_after, -mrr_before) as amount
    from movement_effects
    where mrr_before is null or mrr_after is null
),

changed_items as (
    select * from movement_effects
    where mrr_before is not null and mrr_after is not null
),

price_steps as (
    select
        movement_id,
        product_id,
        case
            when plan_id_before = plan_id_after
                then case when price_effect > 0 then 'price_increase' else 'price_decrease' end
            when coalesce(tier_rank_after != tier_rank_before, false)
                then case when tier_rank_after > tier_rank_before then 'plan_upgrade' else 'plan_downgrade' end
            when price_effect > 0 then 'plan_upgrade'
            else 'plan_downgrade'
        end as driver,
        price_effect as amount
    from changed_items
),

driver_amounts as (
    select * from whole_products
    union all
    select * from added_or_removed_items
    union all
    select * from price_steps
    union all
    select
        movement_id,
        product_id,
        'discount_change' as driver,
        discount_effect as amount
    from changed_items
    union all
    select
        movement_id,
        product_id,
        case when seat_effect > 0 then 'seat_expansion' else 'seat_contraction' end as driver,
        seat_effect as amount
    from changed_items
),

summed_amounts as (
    select
        movement_id,
        product_id,
        driver,
        sum(amount) as amount
    from driver_amounts
    group by movement_id, product_id, driver
),

-- Items are rounded one by one and the movement once: the largest driver takes the difference.
ranked_amounts as (
    select
        *,
        sum(amount) over (partition by movement_id) as explained_amount,
        row_number() over (partition by movement_id order by abs(amount) desc, product_id asc, driver asc) as place
    from summed_amounts
),

final as (
    select
        ranked_amounts.movement_id,
        movements.account_id,
        ranked_amounts.product_id,
        ranked_amounts.driver,
        cast(
            ranked_amounts.amount
            + case when ranked_amounts.place = 1 then movements.mrr_change - ranked_amounts.explained_amount else 0 end
            as decimal(18, 4)
        ) as mrr_change,
        movements.movement_type = 'expansion' and ranked_amounts.driver != 'cross_sell' and ranked_amounts.amount > 0 as is_upsell,
        ranked_amounts.driver = 'cross_sell' as is_cross_sell,
        movements.movement_date
    from ranked_amounts
    inner join movements on ranked_amounts.movement_id = movements.movement_id
)

select * from final
where mrr_change != 0
