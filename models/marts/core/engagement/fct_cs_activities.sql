with activities as (
    select * from {{ ref('int_cs_activities') }}
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
        activities.touch_kind,
        activities.community_role,
        activities.initiated_by,
        activities.response,
        activities.duration_minutes,
        activities.is_content,
        activities.is_community,
        activities.is_referral,
        -- An invitation that was only sent, opened or accepted is not two-way yet.
        activities.is_two_way
        and coalesce(
            activities.response is null
            or (activities.is_reaction and not activities.is_opened and not activities.is_no_show),
            false
        ) as is_two_way,
        activities.is_reaction,
        activities.is_view,
        activities.is_completed,
        activities.occurred_at,
        activities.occurred_on,
        activities.month_start
    from activities
    {{ join_customer_segments('activities') }}
)

select * from final
