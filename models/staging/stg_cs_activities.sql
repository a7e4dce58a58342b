with base as (
    select * from {{ ref('base_cs_activities') }}
),

final as (
    select
        activity_id,
        account_id,
        user_id,
        csm_id,
        activity_type,
        content_id,
        content_name,
        initiated_by,
        response,
        occurred_at,
        duration_minutes,
        campaign_id,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
