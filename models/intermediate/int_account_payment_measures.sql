-- How an account pays: in time, at what discount, and for how long ahead.
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
        cast(periods.mrr_local as double) * cast(month_rates.rate_to_reporting as double) as mrr,
        cast(periods.mrr_local as double) * cast(month_rates.rate_to_reporting as double)
        / nullif(1 - cast(periods.discount_rate as double), 0) as list_mrr
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
        cast(sum(case when is_past_due then mrr else 0 end) / nullif(sum(mrr), 0) as double)
            as past_due_share,
        max(billing_days) as billing_days,
        cast(1 - sum(mrr) / nullif(sum(list_mrr), 0) as double) as average_discount_rate
    from paid_items
    group by account_id, month_start
),

final as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        terms.past_due_share,
        terms.average_discount_rate,
        cast(terms.billing_days as double) as billing_days
    from account_dates
    inner join terms
        on account_dates.account_id = terms.account_id and account_dates.month_start = terms.month_start
)

select * from final
