-- The rate of a month is the latest one on or before the month's close.
with months as (
    select * from {{ ref('int_months') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

dated_rates as (
    select
        fx_rates.currency,
        fx_rates.rate_to_reporting,
        fx_rates.rate_date as valid_from,
        lead(fx_rates.rate_date) over (partition by fx_rates.currency order by fx_rates.rate_date) as valid_to
    from {{ ref('stg_fx_rates') }} as fx_rates
    cross join settings
    where fx_rates.currency != settings.reporting_currency
),

final as (
    select
        months.month_start,
        dated_rates.currency,
        dated_rates.rate_to_reporting
    from months
    inner join dated_rates
        on
            months.closes_on >= dated_rates.valid_from
            and (months.closes_on < dated_rates.valid_to or dated_rates.valid_to is null)
    union all
    select
        months.month_start,
        settings.reporting_currency as currency,
        cast(1 as decimal(18, 10)) as rate_to_reporting
    from months
    cross join settings
)

select * from final
