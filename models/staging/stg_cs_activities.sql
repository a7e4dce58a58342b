with checked as (
    select * from {{ ref('checked_cs_activities') }}
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
    from checked
    where row_status = 'accepted'
)

select * from final
