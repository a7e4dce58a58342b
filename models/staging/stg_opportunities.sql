with base as (
    select * from {{ ref('base_opportunities') }}
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
    from base
    where row_status = 'accepted'
)

select * from final
