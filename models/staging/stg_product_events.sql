with checked as (
    select * from {{ ref('checked_product_events') }}
),

final as (
    select
        event_id,
        account_id,
        user_id,
        event_name,
        feature,
        session_id,
        occurred_at,
        event_count,
        duration_seconds,
        recorded_at
    from checked
    where row_status = 'accepted'
)

select * from final
