with movements as (
    select * from {{ ref('int_account_mrr_movements') }}
),

sides as (
    select * from {{ ref('int_movement_items') }}
),

changed_items as (
    select * from {{ ref('int_movement_effects') }}
),

-- Products come or go whole; so do add-on plans that the account had none of.
whole as (
    select
        movement_id,
        product_id,
        case
            when movement_type in ('new', 'reactivation', 'churn') then movement_type
            when side = 'after' then 'cross_sell'
            else 'product_removed'
        end as driver,
        case when side = 'after' then mrr else -mrr end as amount
    from sides
    where
        movement_type in ('new', 'reactivation', 'churn')
        or (side = 'after' and not was_product_held)
        or (side = 'after' and is_addon and not was_plan_held)
        or (side = 'before' and not is_product_held)
),

added_or_removed as (
    select
        movement_id,
        product_id,
        case when mrr_before is null then 'subscription_added' else 'subscription_removed' end as driver,
        coalesce(mrr_after, -mrr_before) as amount
    from changed_items
    where mrr_before is null or mrr_after is null
),

changed as (
    select * from changed_items
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
    from changed
),

explained as (
    select * from whole
    union all
    select * from added_or_removed
    union all
    select * from price_steps
    union all
    select
        movement_id,
        product_id,
        'discount_change' as driver,
        discount_effect as amount
    from changed
    union all
    select
        movement_id,
        product_id,
        case when seat_effect > 0 then 'seat_expansion' else 'seat_contraction' end as driver,
        seat_effect as amount
    from changed
),

summed as (
    select
        movement_id,
        product_id,
        driver,
        sum(amount) as amount
    from explained
    group by movement_id, product_id, driver
),

-- Items are rounded one by one, the movement once: the largest driver carries the difference.
ranked as (
    select
        *,
        sum(amount) over (partition by movement_id) as explained_amount,
        row_number() over (partition by movement_id order by abs(amount) desc, product_id asc, driver asc) as place
    from summed
),

final as (
    select
        ranked.movement_id,
        movements.account_id,
        ranked.product_id,
        ranked.driver,
        cast(
            ranked.amount
            + case when ranked.place = 1 then movements.mrr_change - ranked.explained_amount else 0 end
            as decimal(18, 4)
        ) as mrr_change,
        movements.movement_type = 'expansion' and ranked.driver != 'cross_sell' and ranked.amount > 0 as is_upsell,
        ranked.driver = 'cross_sell' as is_cross_sell,
        movements.movement_date
    from ranked
    inner join movements on ranked.movement_id = movements.movement_id
)

select * from final
where mrr_change != 0
