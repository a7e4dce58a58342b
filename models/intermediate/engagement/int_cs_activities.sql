{{ config(materialized='view') }}

-- Touch points known on the as-of date, with the flags of their kind and response from the seeds.
with activities as (
    {{ dated_rows(ref('stg_cs_activities'), 'occurred_at') }}
),

customers as (
    select * from {{ ref('int_accounts_resolved') }}
),

activity_types as (
    select * from {{ ref('activity_types') }}
),

responses as (
    select * from {{ ref('activity_responses') }}
),

-- Rows of test accounts are left out; rows without an account stay.
final as (
    select
        activities.activity_id,
        customers.customer_account_id as account_id,
        activities.user_id,
        activities.csm_id,
        activities.campaign_id,
        activities.content_id,
        activities.content_name,
        activities.activity_type,
        coalesce(activity_types.touch_kind, 'unknown') as touch_kind,
        activity_types.community_role,
        activity_types.health_measure,
        activities.initiated_by,
        activities.response,
        activities.duration_minutes,
        coalesce(activity_types.is_content, false) as is_content,
        coalesce(activity_types.is_community, false) as is_community,
        coalesce(activity_types.is_referral, false) as is_referral,
        coalesce(activity_types.is_two_way, false) as is_two_way,
        coalesce(responses.is_no_show, false) as is_no_show,
        responses.is_opened,
        responses.is_reaction,
        responses.is_view,
        responses.is_completed,
        activities.occurred_at,
        activities.happened_on as occurred_on,
        {{ recorded_day('activities') }} as recorded_on,
        activities.month_start
    from activities
    left join customers on activities.account_id = customers.account_id
    left join activity_types on activities.activity_type = activity_types.activity_type
    left join responses on activities.response = responses.response
    where activities.account_id is null or customers.account_id is not null
)

select * from final
