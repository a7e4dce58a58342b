with base as (
    select * from {{ ref('base_cancellations') }}
),

final as (
    select
        cancellation_id,
        account_id,
        subscription_id,
        cancelled_at,
        reason_code,
        competitor,
        comment,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
