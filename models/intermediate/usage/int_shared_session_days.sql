{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_user_day()) }}"
) }}

{%- set is_read -%}
    (
        activity_date in ({{ touched_dates('activity_date', ref('int_touched_days'), 'true') }})
        {{- or_in_touched('account_id', ref('int_touched_accounts')) }}
    )
{%- endset %}
{%- set days -%}
    (
        select
            days.usage_user_key,
            days.activity_date,
            days.session_key,
            users.account_id,
            users.user_id
        from {{ ref('int_user_event_days') }} as days
        inner join {{ ref('int_usage_users') }} as users on days.usage_user_key = users.usage_user_key
        {%- if is_incremental() %}
        where {{ is_read }}
        {%- endif %}
    )
{%- endset %}
{%- set events -%}
    (
        select
            account_id,
            user_id,
            session_id,
            {{ hash_of('session_id') }} as session_key,
            duration_seconds,
            occurred_at,
            activity_date
        from {{ ref('int_usage_events') }}
        {%- if is_incremental() %}
        where {{ is_near_touched_day('occurred_at', 'true') }} and {{ is_read }}
        {%- endif %}
    )
{%- endset %}
-- An increment reads the days around those that it builds again, because a session can last over several.
-- depends_on: {{ ref('int_touched_days') }}, {{ ref('int_touched_accounts') }}
with days_of_several_sessions as (
    select * from {{ days }} as days
    where session_key is null
),

sessions_of_several_days as (
    select
        usage_user_key,
        session_key
    from {{ days }} as days
    where session_key is not null
    group by usage_user_key, session_key
    having count(*) > 1
),

shared_sessions as (
    select
        days.usage_user_key,
        days.account_id,
        days.user_id,
        days.session_key
    from {{ days }} as days
    inner join sessions_of_several_days as sessions
        on days.usage_user_key = sessions.usage_user_key and days.session_key = sessions.session_key
    union
    select
        days.usage_user_key,
        days.account_id,
        days.user_id,
        events.session_key
    from {{ events }} as events
    inner join days_of_several_sessions as days
        on
            events.account_id = days.account_id
            and events.user_id is not distinct from days.user_id
            and events.activity_date = days.activity_date
    where events.session_id is not null
),

shared_events as (
    select events.*
    from {{ events }} as events
    left join shared_sessions
        on
            events.account_id = shared_sessions.account_id
            and events.user_id is not distinct from shared_sessions.user_id
            and events.session_key = shared_sessions.session_key
    where events.session_id is null or shared_sessions.session_key is not null
),

sessions as (
    {{ sessions_of('shared_events') }}
),

session_days as (
    select
        account_id,
        user_id,
        activity_date,
        count(*) as session_count,
        sum(session_seconds) as session_seconds,
        max(ends_on) as ends_on
    from sessions
    group by account_id, user_id, activity_date
),

shared_days as (
    select days.* -- noqa: ST05
    from {{ days }} as days
    left join shared_sessions
        on days.usage_user_key = shared_sessions.usage_user_key and days.session_key = shared_sessions.session_key
    where days.session_key is null or shared_sessions.session_key is not null
),

final as (
    select
        days.usage_user_key,
        cast(coalesce(session_days.session_count, 0) as bigint) as session_count,
        cast(coalesce(session_days.session_seconds, 0) as decimal(18, 6)) as session_seconds,
        session_days.ends_on as sessions_end_on,
        days.activity_date
    from shared_days as days
    left join session_days
        on
            days.account_id = session_days.account_id
            and days.user_id is not distinct from session_days.user_id
            and days.activity_date = session_days.activity_date
)

select * from final
{%- if is_incremental() %}
where {{ is_touched_user_day() }}
{%- endif %}
