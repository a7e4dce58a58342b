with base as (
    select * from {{ ref('base_campaigns') }}
),

final as (
    select
        campaign_id,
        campaign_name,
        kind,
        hypothesis,
        kpi_id,
        owner_id,
        started_on,
        ended_on,
        review_on,
        expected_change,
        decision,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
