{%- set recorded_times = {
    'product_events': 'occurred_at',
    'support_tickets': 'opened_at',
    'survey_responses': 'responded_at',
    'cs_activities': 'occurred_at',
    'cancellations': 'cancelled_at',
    'opportunities': 'created_at',
    'reviews': 'posted_at',
} -%}
-- The as-of date rests on accepted rows of base models, which have no data tests: a failing test of one input stops
-- what is built from that input, not everything that needs a date.
with settings as (
    select * from {{ source('load', 'settings') }}
),

first_rates as (
    select * from {{ ref('int_first_fx_rates') }}
),

tomorrow as (
    select {{ to_utc('cast(' ~ add_days('today', 1) ~ ' as timestamp)', 'reporting_timezone') }} as starts_at
    from settings
),

-- A version that is quarantined for its amount, or without an exchange rate on the day it begins, does not move the date.
versions as (
    select
        items.valid_from,
        {{ is_amount_in_range('items.quantity', 'items.unit_price') }}
        and (
            items.currency = settings.reporting_currency
            or first_rates.first_rate_date <= {{ local_date('items.valid_from', 'settings.reporting_timezone') }}
        ) as is_counted
    from {{ ref('base_subscription_items') }} as items
    cross join settings
    left join first_rates on items.currency = first_rates.currency
    where items.row_status = 'accepted'
),

-- Times at which something happened; ends, due dates, rates and targets do not count.
recorded as (
    select
        max(case when versions.is_counted and versions.valid_from < tomorrow.starts_at then versions.valid_from end)
            as newest_at,
        max(versions.valid_from) as latest_at
    from versions
    cross join tomorrow
    {%- for table, time in recorded_times.items() %}
    union all
    select
        max(case when {{ table }}.{{ time }} < tomorrow.starts_at then {{ table }}.{{ time }} end) as newest_at,
        max({{ table }}.{{ time }}) as latest_at
    from {{ ref('base_' ~ table) }} as {{ table }}
    cross join tomorrow
    where {{ table }}.row_status = 'accepted'
    {%- endfor %}
),

newest as (
    select
        max(newest_at) as newest_at,
        max(latest_at) as latest_at
    from recorded
),

final as (
    select
        settings.run_id,
        settings.raw_dir,
        settings.reporting_currency,
        settings.reporting_timezone,
        coalesce(
            settings.configured_as_of_date,
            {{ local_date('newest.newest_at', 'settings.reporting_timezone') }}
        ) as as_of_date,
        coalesce(settings.configured_as_of_date, settings.today) as latest_as_of_date,
        settings.last_as_of_date,
        settings.today as loaded_on,
        coalesce(newest.latest_at >= tomorrow.starts_at, false) as is_dated_ahead
    from settings
    cross join tomorrow
    cross join newest
)

select * from final
