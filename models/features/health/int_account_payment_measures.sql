-- Payment of an account: past due or in time, the discount, and the length of its billing period.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

paid_items as (
    select * from {{ ref('int_account_paid_items') }}
),

windows as (
    select * from {{ ref('int_month_windows') }}
),

terms as (
    select
        account_id,
        month_start,
        {{ rate('sum(case when is_past_due then mrr else 0 end)', 'sum(mrr)') }} as past_due_share,
        max(billing_days) as billing_days,
        1 - {{ rate('sum(mrr)', 'sum(list_mrr)') }} as average_discount_rate
    from paid_items
    group by account_id, month_start
),

past_due_periods as (
    select
        *,
        lag(ended_on) over (partition by subscription_item_id order by valid_from) as previous_ended_on
    from {{ ref('fct_subscription_periods') }}
    where mrr_local > 0 and status = 'past_due'
),

-- Several past_due versions in a row are one late payment.
late_days as (
    select distinct
        account_id,
        started_on,
        {{ month_start('started_on') }} as month_start
    from past_due_periods
    where previous_ended_on is null or previous_ended_on != started_on
),

late_payments as (
    select
        late_days.account_id,
        windows.month_start,
        count(*) as late_payments
    from late_days
    inner join windows on late_days.month_start = windows.source_month and late_days.started_on <= windows.closes_on
    group by late_days.account_id, windows.month_start
),

-- Where no account was ever past due, the source does not record late payment: NULL, not 0.
first_late as (
    select min(started_on) as first_late_on from late_days
),

final as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        case
            when first_late.first_late_on <= account_dates.as_of_date
                then cast(coalesce(late_payments.late_payments, 0) as double)
        end as late_payments_12m,
        terms.past_due_share,
        terms.average_discount_rate,
        cast(terms.billing_days as double) as billing_days
    from account_dates
    cross join first_late
    inner join terms
        on account_dates.account_id = terms.account_id and account_dates.month_start = terms.month_start
    left join late_payments
        on
            account_dates.account_id = late_payments.account_id
            and account_dates.month_start = late_payments.month_start
)

select * from final
