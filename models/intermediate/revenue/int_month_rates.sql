-- The rate of a month is that of its close.
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
    inner join rate_periods on {{ is_rate_of_day('rate_periods', 'months.closes_on') }}
)

select * from final
