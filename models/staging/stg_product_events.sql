with base as (
    select * from {{ ref('base_product_events') }}
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
    from base
    where row_status = 'accepted'
)

select * from final
