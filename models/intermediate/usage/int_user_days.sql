{{ config(materialized='view') }}

with days as (
    select * from {{ ref('int_user_event_days') }}
),

shared_days as (
    select * from {{ ref('int_shared_session_days') }}
),

users as (
    select * from {{ ref('int_usage_users') }}
),

final as (
    select
        users.account_id,
        users.user_id,
        days.event_count,
        days.login_count,
        coalesce(shared_days.session_count, 1) as session_count,
        coalesce(
            shared_days.session_seconds,
            {{ session_seconds('days.duration_seconds', 'days.first_event_at', 'days.last_event_at') }}
        ) as session_seconds,
        days.last_event_at,
        days.activity_date
    from days
    inner join users on days.usage_user_key = users.usage_user_key
    left join shared_days
        on days.usage_user_key = shared_days.usage_user_key and days.activity_date = shared_days.activity_date
)

select * from final
