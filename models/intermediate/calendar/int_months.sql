with settings as (
    select * from {{ ref('int_settings') }}
),

periods as (
    select * from {{ ref('int_subscription_periods') }}
),

first_month as (
    select min({{ month_start('started_on') }}) as month_start
    from periods
    where is_counted and mrr_local > 0 and (started_on < ended_on or ended_on is null)
),

months as (
    select {{ each_month('first_month.month_start', month_start('settings.as_of_date')) }} as month_start
    from first_month
    cross join settings
    where first_month.month_start <= settings.as_of_date
),

final as (
    select
        months.month_start,
        least({{ month_end('months.month_start') }}, settings.as_of_date) as closes_on,
        cast(row_number() over (order by months.month_start) as bigint) as month_number
    from months
    cross join settings
)

select * from final
