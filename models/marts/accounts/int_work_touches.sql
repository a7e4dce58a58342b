-- What was done for a customer since a reason arose. A no-show is no touch.
with reasons as (
    select * from {{ ref('int_work_reasons') }}
),

actions as (
    select * from {{ ref('int_work_actions') }}
),

action_activities as (
    select * from {{ ref('action_activities') }}
),

activities as (
    select * from {{ ref('int_cs_activities') }}
    where account_id is not null and not is_no_show
),

-- Where nobody knows since when a reason holds, any touch came after.
touches as (
    select
        reasons.account_id,
        reasons.reason,
        activities.occurred_on,
        activities.activity_type,
        activities.response,
        activities.is_two_way and not activities.is_community as is_two_way,
        activities.initiated_by = 'company' and action_activities.action_id is not null as is_action,
        row_number() over (
            partition by reasons.account_id, reasons.reason
            order by activities.occurred_at desc, activities.activity_id desc
        ) as place
    from reasons
    inner join actions on reasons.account_id = actions.account_id and reasons.reason = actions.reason
    inner join activities
        on
            reasons.account_id = activities.account_id
            and activities.occurred_on >= coalesce(reasons.arose_on, activities.occurred_on)
            and {{ add_days('activities.occurred_on', 'reasons.again_after_days') }} > reasons.as_of_date
    left join action_activities
        on actions.action = action_activities.action_id and activities.activity_type = action_activities.activity_type
),

final as (
    select
        account_id,
        reason,
        count(*) as touches_since,
        max(occurred_on) as last_touched_on,
        max(case when place = 1 then activity_type end) as last_activity_type,
        max(case when place = 1 then response end) as last_response,
        max(case when is_two_way then occurred_on end) as last_two_way_on,
        max(case when is_action then occurred_on end) as done_on
    from touches
    group by account_id, reason
)

select * from final
