-- A day depends on its own events and on those of the next day, into which its sessions can run.
with events as (
    select * from {{ ref('int_usage_events') }}
),

sessions as (
    select * from {{ ref('int_sessions') }}
),

event_days as (
    select
        account_id,
        user_id,
        activity_date,
        sum(event_count) as event_count,
        max(occurred_at) as last_event_at
    from events
    group by account_id, user_id, activity_date
),

session_days as (
    select
        account_id,
        user_id,
        activity_date,
        count(*) as session_count,
        sum(session_seconds) as session_seconds
    from sessions
    group by account_id, user_id, activity_date
),

stacked as (
    select
        account_id,
        user_id,
        activity_date,
        event_count,
        0 as session_count,
        0 as session_seconds,
        last_event_at
    from event_days
    union all
    select
        account_id,
        user_id,
        activity_date,
        0 as event_count,
        session_count,
        session_seconds,
        cast(null as timestamp) as last_event_at
    from session_days
),

final as (
    select
        account_id,
        user_id,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(session_count) as bigint) as session_count,
        cast(sum(session_seconds) as decimal(18, 6)) as session_seconds,
        max(last_event_at) as last_event_at,
        activity_date
    from stacked
    group by account_id, user_id, activity_date
)

select * from final
