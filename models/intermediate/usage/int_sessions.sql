{{ config(materialized='view') }}

-- Events without a user count as those of one unknown user of the account.
with events as (
    select * from {{ ref('int_usage_events') }}
),

preceded_events as (
    select
        *,
        lag(occurred_at) over (partition by account_id, user_id order by occurred_at) as previous_at
    from events
    where session_id is null
),

cut_events as (
    select
        *,
        case
            when occurred_at <= {{ dbt.dateadd('minute', var('session_idle_minutes'), 'previous_at') }} then 0
            else 1
        end as is_cut
    from preceded_events
),

numbered_events as (
    select
        *,
        sum(is_cut) over (
            partition by account_id, user_id order by occurred_at
            rows between unbounded preceding and current row
        ) as session_number
    from cut_events
),

-- Events with the same session_id are one session, whatever the pauses.
sessions as (
    select
        account_id,
        user_id,
        min(occurred_at) as started_at,
        max(occurred_at) as last_event_at,
        min(activity_date) as activity_date,
        sum(duration_seconds) as duration_seconds
    from events
    where session_id is not null
    group by account_id, user_id, session_id
    union all
    select
        account_id,
        user_id,
        min(occurred_at) as started_at,
        max(occurred_at) as last_event_at,
        min(activity_date) as activity_date,
        sum(duration_seconds) as duration_seconds
    from numbered_events
    group by account_id, user_id, session_number
),

final as (
    select
        account_id,
        user_id,
        activity_date,
        cast(
            coalesce(duration_seconds, {{ dbt.datediff('started_at', 'last_event_at', 'second') }})
            as decimal(18, 6)
        ) as session_seconds,
        started_at
    from sessions
)

select * from final
