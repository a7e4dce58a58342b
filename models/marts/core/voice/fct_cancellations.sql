with cancellations as (
    {{ dated_rows(ref('stg_cancellations'), 'cancelled_at') }}
),

final as (
    select
        cancellations.cancellation_id,
        {{ customer_segments() }},
        cancellations.subscription_id,
        coalesce(cancellations.reason_code, 'not_stated') as reason_code,
        cancellations.competitor,
        cancellations.comment,
        coalesce(account_months.closing_mrr > 0, false) as is_still_paying,
        cancellations.cancelled_at,
        cancellations.happened_on as cancelled_on,
        cancellations.month_start
    from cancellations
    {{ join_customer_segments('cancellations') }}
)

select * from final
