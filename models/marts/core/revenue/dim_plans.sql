{{ config(materialized='view') }}

with plans as (
    select * from {{ ref('stg_plans') }}
),

final as (
    select
        plan_id,
        plan_name,
        product_id,
        product_name,
        tier_rank,
        is_addon
    from plans
)

select * from final
