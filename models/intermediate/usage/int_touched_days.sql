{%- set event_days = built_before('int_user_event_days') %}
{%- set reach = 1 + var('session_idle_minutes') // 1440 %}
-- A session counts on the day on which it begins, so that a changed day can change the day before and the day after.
with settings as (
    select * from {{ ref('int_settings') }}
),

changed_events as (
    select * from {{ ref('int_changed_events') }}
),

changed_sessions as (
    select distinct session_id from changed_events
    where session_id is not null
),

changed_days as (
    select distinct {{ local_date('changed_events.occurred_at', 'settings.reporting_timezone') }} as activity_date
    from changed_events
    cross join settings
    union
    select {{ each_day(add_days('last_as_of_date', 1), 'as_of_date') }} as activity_date
    from settings
    where last_as_of_date < as_of_date
),

-- The last day of the sessions that began on a day.
session_days as (
    {%- if event_days %}
    select
        activity_date,
        max(ends_on) as ends_on
    from (
        select distinct
            activity_date,
            activity_date as ends_on
        from {{ event_days }}
        union all
        select
            activity_date,
            sessions_end_on as ends_on
        from {{ built_before('int_shared_session_days') }}
    ) as all_days
    group by activity_date
    {%- else %}
    select
        cast(null as date) as activity_date,
        cast(null as date) as ends_on
    where false
    {%- endif %}
),

rebuilt_days as (
    select activity_date from changed_days
    union
    select events.activity_date
    from {{ ref('int_usage_events') }} as events
    inner join changed_sessions on events.session_id = changed_sessions.session_id
    union
    select session_days.activity_date
    from session_days
    inner join changed_days
        on
            session_days.activity_date <= {{ add_days('changed_days.activity_date', reach) }}
            and session_days.ends_on >= {{ add_days('changed_days.activity_date', -reach) }}
),

read_days as (
    select
        {{ each_day(
            add_days('rebuilt_days.activity_date', -reach),
            'greatest(rebuilt_days.activity_date, coalesce(session_days.ends_on, rebuilt_days.activity_date))'
        ) }} as activity_date
    from rebuilt_days
    left join session_days on rebuilt_days.activity_date = session_days.activity_date
),

days as (
    select activity_date from read_days
    union
    select activity_date from rebuilt_days
),

final as (
    select
        days.activity_date,
        rebuilt_days.activity_date is not null as is_rebuilt
    from days
    left join rebuilt_days on days.activity_date = rebuilt_days.activity_date
)

select * from final
