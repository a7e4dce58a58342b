with checked as (
    select * from {{ ref('checked_opportunities') }}
),

final as (
    select
        opportunity_id,
        account_id,
        kind,
        source,
        created_at,
        accepted_at,
        closed_at,
        outcome,
        mrr,
        currency,
        product_id,
        campaign_id,
        recorded_at
    from checked
    where row_status = 'accepted'
)

select * from final
