with months as (
    select * from {{ ref('int_months') }}
),

period as (
    select
        min(month_start) as first_day,
        max(closes_on) as last_day
    from months
),

days as (
    select {{ each_day('first_day', 'last_day') }} as date_day
    from period
    where first_day is not null
),

weeks as (
    select
        {{ week_start('date_day') }} as week_start,
        max(date_day) as closes_on
    from days
    group by {{ week_start('date_day') }}
),

final as (
    select
        closes_on = {{ add_days('week_start', 6) }} as is_complete,
        week_start,
        closes_on,
        {{ month_start('closes_on') }} as month_start
    from weeks
)

select * from final
