with activities as (
    {{ dated_rows(ref('stg_cs_activities'), 'occurred_at') }}
),

activity_types as (
    select * from {{ ref('activity_types') }}
),

responses as (
    select * from {{ ref('activity_responses') }}
),

sorted as (
    select
        activities.*,
        coalesce(activity_types.touch_kind, 'unknown') as touch_kind,
        activity_types.community_role,
        coalesce(activity_types.is_content, false) as is_content,
        coalesce(activity_types.is_community, false) as is_community,
        coalesce(activity_types.is_referral, false) as is_referral,
        responses.is_reaction,
        responses.is_view,
        responses.is_completed
    from activities
    left join activity_types on activities.activity_type = activity_types.activity_type
    left join responses on activities.response = responses.response
),

final as (
    select
        sorted.activity_id,
        {{ customer_segments(renamed={'csm_id': 'account_csm_id'}) }},
        sorted.user_id,
        sorted.csm_id,
        sorted.campaign_id,
        sorted.content_id,
        sorted.content_name,
        sorted.activity_type,
        sorted.touch_kind,
        sorted.community_role,
        sorted.initiated_by,
        sorted.response,
        sorted.duration_minutes,
        sorted.is_content,
        sorted.is_community,
        sorted.is_referral,
        sorted.is_reaction,
        sorted.is_view,
        sorted.is_completed,
        sorted.occurred_at,
        sorted.happened_on as occurred_on,
        sorted.month_start
    from sorted
    {{ join_customer_segments('sorted') }}
)

select * from final
