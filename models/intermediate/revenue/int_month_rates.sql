-- The rate of a month is the latest one on or before the month's close.
with months as (
    select * from {{ ref('int_months') }}
),

rate_periods as (
    select * from {{ ref('int_fx_rate_periods') }}
),

final as (
    select
        months.month_start,
        rate_periods.currency,
        rate_periods.rate_to_reporting
    from months
    inner join rate_periods
        on
            months.closes_on >= rate_periods.valid_from
            and (months.closes_on < rate_periods.valid_to or rate_periods.valid_to is null)
)

select * from final
