{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_user_day()) }}"
) }}

-- depends_on: {{ ref('int_touched_days') }}, {{ ref('int_touched_accounts') }}
with events as (
    select
        *,
        {{ hash_of('session_id') }} as session_key
    from {{ ref('int_usage_events') }}
    {%- if is_incremental() %}
    where {{ is_near_touched_day('occurred_at') }} and {{ is_touched_day('account_id', 'activity_date') }}
    {%- endif %}
),

users as (
    select * from {{ ref('int_usage_users') }}
),

final as (
    select
        users.usage_user_key,
        cast(sum(events.event_count) as bigint) as event_count,
        cast(sum(case when events.is_login then events.event_count else 0 end) as bigint) as login_count,
        cast(sum(events.duration_seconds) as decimal(18, 6)) as duration_seconds,
        min(events.occurred_at) as first_event_at,
        min(case when events.is_login then events.occurred_at end) as first_login_at,
        max(events.occurred_at) as last_event_at,
        case
            when min(events.session_key) = max(events.session_key) and count(events.session_id) = count(*)
                then min(events.session_key)
        end as session_key,
        events.activity_date
    from events
    inner join users on events.account_id = users.account_id and events.user_id is not distinct from users.user_id
    group by users.usage_user_key, events.activity_date
)

select * from final
