with cancellations as (
    select * from {{ ref('int_cancellations') }}
),

final as (
    select
        cancellations.cancellation_id,
        {{ customer_segments() }},
        cancellations.subscription_id,
        cancellations.reason_code,
        cancellations.competitor,
        cancellations.comment,
        coalesce(account_months.closing_mrr > 0, false) as is_still_paying,
        cancellations.cancelled_at,
        cancellations.cancelled_on,
        cancellations.recorded_on,
        cancellations.month_start
    from cancellations
    {{ join_customer_segments('cancellations') }}
)

select * from final
