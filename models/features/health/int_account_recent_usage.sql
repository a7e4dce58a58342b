-- Usage in the last 28, 56 and 84 days before each close.
with account_days as (
    select * from {{ ref('int_account_usage_days') }}
),

windows as (
    select * from {{ ref('int_usage_windows') }}
),

final as (
    select
        account_days.account_id,
        windows.month_start,
        {{ count_where('windows.stretches_ago = 0') }} as active_days_28d,
        count(*) as active_days_84d,
        cast(sum(case when windows.stretches_ago = 0 then account_days.user_count else 0 end) as bigint)
            as user_days_28d,
        cast(sum(account_days.user_count) as bigint) as user_days_84d,
        {%- for measure, column in {'events': 'event_count', 'sessions': 'session_count', 'session_seconds': 'session_seconds'}.items() %}
        cast(sum(case when windows.stretches_ago = 0 then account_days.{{ column }} else 0 end) as double)
            as {{ measure }}_28d,
        cast(sum(case when windows.stretches_ago = 1 then account_days.{{ column }} else 0 end) as double)
            as {{ measure }}_28d_before{{ ',' if not loop.last }}
        {%- endfor %}
    from account_days
    inner join windows on account_days.activity_date = windows.activity_date
    group by account_days.account_id, windows.month_start
)

select * from final
