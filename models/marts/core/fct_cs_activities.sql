with activities as (
    {{ dated_rows(ref('stg_cs_activities'), 'occurred_at') }}
),

final as (
    select
        activities.activity_id,
        {{ customer_segments(renamed={'csm_id': 'account_csm_id'}) }},
        activities.user_id,
        activities.csm_id,
        activities.campaign_id,
        activities.content_id,
        activities.content_name,
        activities.activity_type,
        activities.initiated_by,
        activities.response,
        activities.duration_minutes,
        activities.occurred_at,
        activities.happened_on as occurred_on,
        activities.month_start
    from activities
    {{ join_customer_segments('activities') }}
)

select * from final
