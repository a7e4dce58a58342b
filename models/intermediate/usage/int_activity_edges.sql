{%- set windows = [1, 7, 30] %}
{{ config(materialized='view') }}

-- depends_on: {{ ref('int_touched_change_days') }}, {{ ref('int_touched_user_accounts') }}
-- An event makes its user active on its day and on the following days of the window. A day opens a stretch of activity
-- where the window of the day before it does not reach it, and closes one where its own does not reach the next day.
with users as (
    select * from {{ ref('int_counted_users') }}
    where usage_user_key = user_key
),

-- The ID of most users was issued before the day and outlasts every window; the others are in int_issued_user_changes.
user_days as (
    select
        users.account_id,
        users.is_issued and users.issued_from < days.activity_date
        and users.issued_to > {{ add_days('days.activity_date', windows | max) }} as is_issued_throughout,
        days.activity_date,
        {%- for window in windows %}
        coalesce(days.activity_date > {{ add_days('days.previous_date', window) }}, true) as opens_{{ window }}d,
        coalesce(days.next_date > {{ add_days('days.activity_date', window) }}, true) as closes_{{ window }}d
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_neighbouring_user_days') }} as days
    inner join users on days.user_key = users.user_key
),

account_days as (
    select
        account_id,
        activity_date,
        lag(activity_date) over (partition by account_id order by activity_date) as previous_date,
        lead(activity_date) over (partition by account_id order by activity_date) as next_date
    from {{ ref('int_account_usage_days') }}
    {%- if adds_to_tables() %}
    where
        activity_date in ({{ touched_dates('activity_date', ref('int_touched_change_days'), 'true') }})
        or account_id in (select touched.account_id from {{ ref('int_touched_user_accounts') }} as touched)
    {%- endif %}
),

final as (
    select
        account_id,
        {%- for window in windows %}
        {%- for edge in ['opens', 'closes'] %}
        cast(count(case when {{ edge }}_{{ window }}d then 1 end) as integer) as {{ edge }}_active_users_{{ window }}d,
        cast(count(case when is_issued_throughout and {{ edge }}_{{ window }}d then 1 end) as integer)
            as {{ edge }}_active_issued_users_{{ window }}d,
        0 as {{ edge }}_active_accounts_{{ window }}d,
        {%- endfor %}
        {%- endfor %}
        activity_date
    from user_days
    group by account_id, activity_date
    union all
    select
        account_id,
        {%- for window in windows %}
        0 as opens_active_users_{{ window }}d,
        0 as opens_active_issued_users_{{ window }}d,
        case when activity_date <= {{ add_days('previous_date', window) }} then 0 else 1 end
            as opens_active_accounts_{{ window }}d,
        0 as closes_active_users_{{ window }}d,
        0 as closes_active_issued_users_{{ window }}d,
        case when next_date <= {{ add_days('activity_date', window) }} then 0 else 1 end
            as closes_active_accounts_{{ window }}d,
        {%- endfor %}
        activity_date
    from account_days
)

select * from final
