{{ config(materialized='view') }}

with user_days as (
    select * from {{ ref('int_user_days') }}
),

final as (
    select
        account_id,
        user_id,
        event_count,
        session_count,
        session_seconds,
        cast(cast(session_seconds as double) / 60.0 as double) as session_minutes,
        last_event_at,
        activity_date,
        {{ month_start('activity_date') }} as month_start
    from user_days
)

select * from final
