{%- set mrr = 'cast(mrr_local as double) * cast(rate_to_reporting as double)' %}
{%- set months = "live_items.billing_interval_count * " ~ interval_months('live_items.billing_interval') %}
{%- set days = "live_items.billing_interval_count * case live_items.billing_interval when 'week' then 7 else 1 end" %}
-- What an account pays for at each close, and the paid term that each item is in.
with months as (
    select * from {{ ref('int_months') }}
),

month_rates as (
    select * from {{ ref('int_month_rates') }}
),

periods as (
    select
        *,
        lag(ended_on) over (partition by subscription_item_id order by valid_from) as previous_ended_on,
        lag(billing_interval) over (partition by subscription_item_id order by valid_from) as previous_interval,
        lag(billing_interval_count) over (partition by subscription_item_id order by valid_from) as previous_count
    from {{ ref('fct_subscription_periods') }}
    where mrr_local > 0 and (ended_on > started_on or ended_on is null)
),

-- Terms are counted from the first version of an unbroken run with one billing interval: a new price or plan does not
-- begin a new term.
anchored_periods as (
    select
        *,
        max(case
            when
                previous_ended_on = started_on
                and previous_interval = billing_interval
                and previous_count = billing_interval_count
                then null
            else started_on
        end) over (
            partition by subscription_item_id order by valid_from rows between unbounded preceding and current row
        ) as anchored_on
    from periods
),

live_items as (
    select
        anchored_periods.*,
        months.month_start,
        months.closes_on
    from anchored_periods
    inner join months
        on
            anchored_periods.started_on <= months.closes_on
            and (anchored_periods.ended_on > months.closes_on or anchored_periods.ended_on is null)
),

-- Whole terms since the anchor, in months or, for days and weeks, in days. A term that begins in the month of the close
-- may begin after it.
terms as (
    select
        live_items.*,
        month_rates.rate_to_reporting,
        live_items.billing_interval in ('day', 'week') as is_in_days,
        {{ months }} as term_months,
        {{ days }} as term_days,
        cast(
            floor({{ months_between('live_items.anchored_on', 'live_items.closes_on') }} / ({{ months }})) as bigint
        ) * {{ months }} as months_passed,
        cast(
            floor({{ dbt.datediff('live_items.anchored_on', 'live_items.closes_on', 'day') }} / ({{ days }})) as bigint
        ) * {{ days }} as days_passed
    from live_items
    inner join month_rates
        on live_items.month_start = month_rates.month_start and live_items.currency = month_rates.currency
),

placed_terms as (
    select
        *,
        case
            when is_in_days then 0
            when {{ add_months('anchored_on', 'months_passed') }} > closes_on then months_passed - term_months
            else months_passed
        end as months_begun
    from terms
),

final as (
    select
        account_id,
        month_start,
        subscription_item_id,
        status = 'past_due' as is_past_due,
        case when is_in_days then {{ add_days('anchored_on', 'days_passed') }} else {{ add_months('anchored_on', 'months_begun') }} end
            as term_begins_on,
        case
            when is_in_days then {{ add_days('anchored_on', 'days_passed + term_days') }}
            else {{ add_months('anchored_on', 'months_begun + term_months') }}
        end as term_ends_on,
        billing_interval_count * case billing_interval
            when 'day' then 1
            when 'week' then 7
            when 'month' then 30
            when 'quarter' then 91
            when 'year' then 365
        end as billing_days,
        -- As decimals, because sums of doubles depend on the order of rows, and equal discounts would not be equal.
        {{ double_as_decimal(mrr, 'decimal(27, 8)') }} as mrr,
        {{ double_as_decimal(mrr ~ ' / nullif(1 - cast(discount_rate as double), 0)', 'decimal(27, 8)') }} as list_mrr
    from placed_terms
)

select * from final
