-- depends_on: {{ ref('int_touched_change_days') }}, {{ ref('int_touched_user_accounts') }}
-- Stored, because active users and active issued users are both counted from it.
with users as (
    select
        *,
        count(*) over (partition by user_key) > 1 as has_several_numbers
    from {{ ref('int_counted_users') }}
),

user_days as (
    {%- if adds_to_tables() %}
    select
        users.user_key,
        days.activity_date
    from {{ ref('int_user_event_days') }} as days
    inner join users on days.usage_user_key = users.usage_user_key
    where days.activity_date in ({{ touched_dates('activity_date', ref('int_touched_change_days'), 'true') }})
    union
    select
        users.user_key,
        days.activity_date
    from {{ ref('int_user_event_days') }} as days
    inner join users on days.usage_user_key = users.usage_user_key
    where users.account_id in (select touched.account_id from {{ ref('int_touched_user_accounts') }} as touched)
    {%- else %}
    -- A number has a day once: only the days of users with several numbers can repeat.
    {%- for quantifier in ['', 'distinct'] %}
    select {{ quantifier }}
        users.user_key,
        days.activity_date
    from {{ ref('int_user_event_days') }} as days
    inner join users on days.usage_user_key = users.usage_user_key
    where {{ 'not ' if not quantifier }}users.has_several_numbers
    {{ 'union all' if not loop.last }}
    {%- endfor %}
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
