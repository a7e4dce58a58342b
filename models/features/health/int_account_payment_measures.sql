{%- set mrr = 'cast(periods.mrr_local as double) * cast(month_rates.rate_to_reporting as double)' %}
-- Payment of an account: past due or in time, the discount, and the length of its billing period.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

months as (
    select * from {{ ref('int_months') }}
),

month_rates as (
    select * from {{ ref('int_month_rates') }}
),

periods as (
    select * from {{ ref('fct_subscription_periods') }}
    where mrr_local > 0
),

windows as (
    select * from {{ ref('int_month_windows') }}
),

-- As decimals, because sums of doubles depend on the order of rows, and equal discounts would not be equal.
paid_items as (
    select
        periods.account_id,
        months.month_start,
        periods.status = 'past_due' as is_past_due,
        periods.billing_interval_count * case periods.billing_interval
            when 'day' then 1
            when 'week' then 7
            when 'month' then 30
            when 'quarter' then 91
            when 'year' then 365
        end as billing_days,
        {{ double_as_decimal(mrr, 'decimal(27, 8)') }} as mrr,
        {{ double_as_decimal(
            mrr ~ ' / nullif(1 - cast(periods.discount_rate as double), 0)', 'decimal(27, 8)'
        ) }} as list_mrr
    from periods
    inner join months
        on
            periods.started_on <= months.closes_on
            and (periods.ended_on > months.closes_on or periods.ended_on is null)
    inner join month_rates
        on months.month_start = month_rates.month_start and periods.currency = month_rates.currency
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

late_days as (
    select distinct
        account_id,
        started_on,
        {{ month_start('started_on') }} as month_start
    from periods
    where status = 'past_due'
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
