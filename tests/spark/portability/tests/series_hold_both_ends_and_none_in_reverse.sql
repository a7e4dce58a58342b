with cases as (
    select
        cast(first_day as date) as first_day,
        cast(last_day as date) as last_day,
        days,
        months
    from (values
        ('2023-12-01', '2024-03-01', 92, 4),
        ('2024-02-01', '2024-02-01', 1, 1),
        ('2024-03-01', '2024-02-01', 0, 0),
        (null, '2024-02-01', 0, 0)
    ) as spans (first_day, last_day, days, months)
),

each_day as (
    select
        first_day,
        last_day,
        {{ each_day('first_day', 'last_day') }} as day
    from cases
),

each_month as (
    select
        first_day,
        last_day,
        {{ each_month('first_day', 'last_day') }} as month_start
    from cases
),

day_counts as (
    select
        first_day,
        last_day,
        count(distinct day) as days,
        min(day) as least_day,
        max(day) as greatest_day
    from each_day
    group by first_day, last_day
),

month_counts as (
    select
        first_day,
        last_day,
        count(distinct month_start) as months,
        min(month_start) as least_month,
        max(month_start) as greatest_month
    from each_month
    group by first_day, last_day
)

select
    cases.*,
    day_counts.days as found_days,
    month_counts.months as found_months
from cases
left join day_counts on cases.first_day = day_counts.first_day and cases.last_day = day_counts.last_day
left join month_counts on cases.first_day = month_counts.first_day and cases.last_day = month_counts.last_day
where
    cases.days != coalesce(day_counts.days, 0)
    or cases.months != coalesce(month_counts.months, 0)
    or day_counts.least_day != cases.first_day
    or day_counts.greatest_day != cases.last_day
    or month_counts.least_month != cases.first_day
    or month_counts.greatest_month != cases.last_day
