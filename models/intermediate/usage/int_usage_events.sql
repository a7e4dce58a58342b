{{ config(materialized='view') }}

-- Usage: events of customers up to the as-of date, on their day in the reporting time zone.
with events as (
    select * from {{ ref('stg_product_events') }}
    where event_count > 0
),

resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

dated as (
    select
        events.event_id,
        resolved.customer_account_id as account_id,
        events.user_id,
        events.event_name,
        events.event_name in ('{{ var('login_event_names') | join("', '") }}') as is_login,
        events.feature,
        events.session_id,
        events.event_count,
        events.duration_seconds,
        events.occurred_at,
        {{ local_date('events.occurred_at', 'settings.reporting_timezone') }} as activity_date,
        settings.as_of_date
    from events
    inner join resolved on events.account_id = resolved.account_id
    cross join settings
),

final as (
    select
        event_id,
        account_id,
        user_id,
        event_name,
        is_login,
        feature,
        session_id,
        event_count,
        duration_seconds,
        occurred_at,
        activity_date
    from dated
    where activity_date <= as_of_date
)

select * from final
