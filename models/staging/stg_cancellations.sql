with checked as (
    select * from {{ ref('checked_cancellations') }}
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
    from checked
    where row_status = 'accepted'
)

select * from final
