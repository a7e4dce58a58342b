with campaigns as (
    select * from {{ ref('stg_campaigns') }}
),

final as (
    select
        campaign_id,
        campaign_name,
        kind,
        hypothesis,
        kpi_id,
        owner_id,
        coalesce(decision, 'open') as decision,
        cast(expected_change as double) as expected_change,
        started_on,
        ended_on,
        review_on
    from campaigns
)

select * from final
