-- depends_on: {{ ref('int_touched_change_days') }}, {{ ref('int_touched_user_accounts') }}
-- Stored, because active users and active issued users are both counted from it.
with users as (
    select * from {{ ref('int_counted_users') }}
),

user_days as (
    select distinct
        users.user_key,
        days.activity_date
    from {{ ref('int_user_event_days') }} as days
    inner join users on days.usage_user_key = users.usage_user_key
    {%- if adds_to_tables() %}
    where days.activity_date in ({{ touched_dates('activity_date', ref('int_touched_change_days'), 'true') }})
    union
    select
        users.user_key,
        days.activity_date
    from {{ ref('int_user_event_days') }} as days
    inner join users on days.usage_user_key = users.usage_user_key
    where users.account_id in (select touched.account_id from {{ ref('int_touched_user_accounts') }} as touched)
    {%- endif %}
),

final as (
    select
        user_key,
        activity_date,
        lag(activity_date) over (partition by user_key order by activity_date) as previous_date,
        lead(activity_date) over (partition by user_key order by activity_date) as next_date
    from user_days
)

select * from final
