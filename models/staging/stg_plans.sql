with checked as (
    select * from {{ ref('checked_plans') }}
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
    from checked
    where row_status = 'accepted'
)

select * from final
