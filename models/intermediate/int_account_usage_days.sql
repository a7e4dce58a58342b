-- Days with product events, up to as_of_date.
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
        resolved.customer_account_id as account_id,
        {{ local_date('events.occurred_at', 'settings.reporting_timezone') }} as activity_date,
        events.event_count,
        settings.as_of_date
    from events
    inner join resolved on events.account_id = resolved.account_id
    cross join settings
),

final as (
    select
        account_id,
        activity_date,
        cast(sum(event_count) as bigint) as event_count
    from dated
    where activity_date <= as_of_date
    group by account_id, activity_date
)

select * from final
