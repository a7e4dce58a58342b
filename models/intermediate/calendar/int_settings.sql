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

-- A version without an exchange rate on the day it begins is quarantined, so it does not move the date.
valued_items as (
    select items.valid_from
    from {{ ref('base_subscription_items') }} as items
    cross join settings
    left join first_rates on items.currency = first_rates.currency
    where
        items.row_status = 'accepted'
        and (
            items.currency = settings.reporting_currency
            or first_rates.first_rate_date <= {{ local_date('items.valid_from', 'settings.reporting_timezone') }}
        )
),

-- Times at which something happened; ends, due dates, rates and targets do not count.
recorded as (
    select max(valid_from) as newest_at
    from valued_items
    where valid_from < (select tomorrow.starts_at from tomorrow)
    {%- for table, time in recorded_times.items() %}
    union all
    select max({{ time }})
    from {{ ref('base_' ~ table) }}
    where row_status = 'accepted' and {{ time }} < (select tomorrow.starts_at from tomorrow)
    {%- endfor %}
),

newest as (
    select max(newest_at) as newest_at from recorded
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
        coalesce(settings.configured_as_of_date, settings.today) as latest_as_of_date
    from settings
    cross join newest
)

select * from final
