with account_months as (
    select * from {{ ref('fct_account_usage_months') }}
    where sessions is not null
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(active_users) as bigint) as active_users,
        cast(sum(session_seconds) as double) / 60.0 as session_minutes
    from account_months
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        sessions,
        active_users,
        cast(session_minutes as double) as session_minutes,
        {{ rate('session_minutes', 'active_users') }} as average_session_minutes,
        {{ rate('session_minutes', 'sessions') }} as average_minutes_per_session,
        {{ rate('sessions', 'active_users') }} as sessions_per_active_user
    from summed
)

select * from final
