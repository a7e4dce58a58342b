-- Days with product events, up to the as-of date.
with events as (
    select * from {{ ref('int_usage_events') }}
),

final as (
    select
        account_id,
        activity_date,
        cast(sum(event_count) as bigint) as event_count
    from events
    group by account_id, activity_date
)

select * from final
