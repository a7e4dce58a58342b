{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_day('account_id', 'activity_date')) }}"
) }}

{%- set events %}
    {{ ref('int_usage_events') }}
    {%- if is_incremental() %}
    where
        activity_date in (select activity_date from {{ ref('int_touched_days') }})
        or account_id in (select account_id from {{ ref('int_touched_accounts') }})
    {%- endif %}
{%- endset %}
{%- set same_user -%}
    days.account_id = {0}.account_id and days.user_id is not distinct from {0}.user_id
{%- endset %}
-- depends_on: {{ ref('int_touched_days') }}, {{ ref('int_touched_accounts') }}
-- Most days of a user are one session of the source, which the day's sums describe. Only the sessions that share a day
-- or last for several are put together from their events. These are read again, where a CTE would be kept in memory.
with days as (
    select
        account_id,
        user_id,
        activity_date,
        sum(event_count) as event_count,
        sum(case when is_login then event_count else 0 end) as login_count,
        sum(duration_seconds) as duration_seconds,
        min(occurred_at) as first_event_at,
        min(case when is_login then occurred_at end) as first_login_at,
        max(occurred_at) as last_event_at,
        case when min(session_id) = max(session_id) and count(session_id) = count(*) then min(session_id) end
            as session_id
    from {{ events }}
    group by account_id, user_id, activity_date
),

shared_days as (
    select
        account_id,
        user_id,
        activity_date
    from days
    where session_id is null
),

shared_sessions as (
    select
        account_id,
        user_id,
        session_id
    from days
    where session_id is not null
    group by account_id, user_id, session_id
    having count(*) > 1
    union
    select
        days.account_id,
        days.user_id,
        days.session_id
    from (select * from {{ events }}) as days -- noqa: ST05
    inner join shared_days
        on {{ same_user.replace('{0}', 'shared_days') }} and days.activity_date = shared_days.activity_date
    where days.session_id is not null
),

shared_events as (
    select days.*
    from (select * from {{ events }}) as days -- noqa: ST05
    left join shared_sessions
        on {{ same_user.replace('{0}', 'shared_sessions') }} and days.session_id = shared_sessions.session_id
    where days.session_id is null or shared_sessions.session_id is not null
),

put_together_sessions as (
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
    from put_together_sessions
    group by account_id, user_id, activity_date
),

final as (
    select
        days.account_id,
        days.user_id,
        cast(days.event_count as bigint) as event_count,
        cast(days.login_count as bigint) as login_count,
        cast(
            case
                when days.session_id is not null and shared_sessions.session_id is null then 1
                else coalesce(session_days.session_count, 0)
            end as bigint
        ) as session_count,
        cast(
            case
                when days.session_id is not null and shared_sessions.session_id is null
                    then {{ session_seconds('days.duration_seconds', 'days.first_event_at', 'days.last_event_at') }}
                else coalesce(session_days.session_seconds, 0)
            end as decimal(18, 6)
        ) as session_seconds,
        case
            when days.session_id is not null and shared_sessions.session_id is null then days.activity_date
            else session_days.ends_on
        end as sessions_end_on,
        days.first_event_at,
        days.first_login_at,
        days.last_event_at,
        days.activity_date
    from days
    left join shared_sessions
        on {{ same_user.replace('{0}', 'shared_sessions') }} and days.session_id = shared_sessions.session_id
    left join session_days
        on {{ same_user.replace('{0}', 'session_days') }} and days.activity_date = session_days.activity_date
)

select * from final
{%- if is_incremental() %}
where {{ is_touched_day('account_id', 'activity_date') }}
{%- endif %}
