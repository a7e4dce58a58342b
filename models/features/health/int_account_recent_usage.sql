-- Usage in the last 28, 56 and 84 days before each close.
with user_days as (
    select * from {{ ref('fct_user_days') }}
),

windows as (
    select * from {{ ref('int_usage_windows') }}
),

account_days as (
    select
        account_id,
        activity_date,
        count(user_id) as users,
        sum(event_count) as events,
        sum(session_count) as sessions,
        sum(session_seconds) as session_seconds
    from user_days
    group by account_id, activity_date
),

final as (
    select
        account_days.account_id,
        windows.month_start,
        {{ count_where('windows.stretches_ago = 0') }} as active_days_28d,
        count(*) as active_days_84d,
        cast(sum(case when windows.stretches_ago = 0 then account_days.users else 0 end) as bigint)
            as user_days_28d,
        cast(sum(account_days.users) as bigint) as user_days_84d,
        {%- for measure in ['events', 'sessions', 'session_seconds'] %}
        cast(sum(case when windows.stretches_ago = 0 then account_days.{{ measure }} else 0 end) as double)
            as {{ measure }}_28d,
        cast(sum(case when windows.stretches_ago = 1 then account_days.{{ measure }} else 0 end) as double)
            as {{ measure }}_28d_before{{ ',' if not loop.last }}
        {%- endfor %}
    from account_days
    inner join windows on account_days.activity_date = windows.activity_date
    group by account_days.account_id, windows.month_start
)

select * from final
