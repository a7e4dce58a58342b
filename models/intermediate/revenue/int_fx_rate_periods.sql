-- The period in which a rate is the latest one of its currency; the rate of the reporting currency is always 1.
with settings as (
    select * from {{ ref('int_settings') }}
),

fx_rates as (
    select * from {{ ref('stg_fx_rates') }}
),

final as (
    select
        fx_rates.currency,
        fx_rates.rate_to_reporting,
        fx_rates.rate_date as valid_from,
        lead(fx_rates.rate_date) over (partition by fx_rates.currency order by fx_rates.rate_date) as valid_to
    from fx_rates
    cross join settings
    where fx_rates.currency != settings.reporting_currency
    union all
    select
        settings.reporting_currency as currency,
        cast(1 as decimal(18, 10)) as rate_to_reporting,
        cast('0001-01-01' as date) as valid_from,
        cast(null as date) as valid_to
    from settings
)

select * from final
