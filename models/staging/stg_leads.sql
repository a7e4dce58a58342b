with base as (
    select * from {{ ref('base_leads') }}
),

final as (
    select
        lead_id,
        account_id,
        created_at,
        qualified_at,
        opportunity_at,
        won_at,
        handed_over_at,
        sales_owner_id,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
