{{ config(materialized='view') }}

-- Cancellations known on the as-of date.
with cancellations as (
    {{ dated_rows(ref('stg_cancellations'), 'cancelled_at') }}
),

customers as (
    select * from {{ ref('int_accounts_resolved') }}
),

reasons as (
    select * from {{ ref('cancellation_reasons') }}
),

-- Rows of test accounts are left out; rows without an account stay.
final as (
    select
        cancellations.cancellation_id,
        customers.customer_account_id as account_id,
        cancellations.subscription_id,
        coalesce(reasons.counts_as, cancellations.reason_code, 'not_stated') as reason_code,
        cancellations.competitor,
        cancellations.comment,
        cancellations.cancelled_at,
        cancellations.happened_on as cancelled_on,
        {{ recorded_day('cancellations') }} as recorded_on,
        cancellations.month_start
    from cancellations
    left join customers on cancellations.account_id = customers.account_id
    left join reasons on cancellations.reason_code = reasons.reason_code
    where cancellations.account_id is null or customers.account_id is not null
)

select * from final
