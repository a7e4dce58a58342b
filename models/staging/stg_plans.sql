with base as (
    select * from {{ ref('base_plans') }}
),

final as (
    select
        plan_id,
        plan_name,
        product_id,
        product_name,
        tier_rank,
        is_addon,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
