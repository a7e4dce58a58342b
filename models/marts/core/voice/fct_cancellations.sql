with cancellations as (
    select * from {{ ref('int_cancellations') }}
),

accounts as (
    select
        account_id,
        is_customer
    from {{ ref('dim_accounts') }}
),

segmented as (
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
),

final as (
    select
        segmented.*,
        coalesce(accounts.is_customer, false) as is_paying_today
    from segmented
    left join accounts on segmented.account_id = accounts.account_id
)

select * from final
