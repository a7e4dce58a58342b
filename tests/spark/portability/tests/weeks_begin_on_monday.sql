with cases as (
    select
        cast(day as date) as day,
        cast(monday as date) as monday
    from (values
        ('2024-12-29', '2024-12-23'),
        ('2024-12-30', '2024-12-30'),
        ('2025-01-05', '2024-12-30'),
        ('2025-01-06', '2025-01-06'),
        ('2024-02-29', '2024-02-26'),
        ('2000-01-01', '1999-12-27')
    ) as days (day, monday)
),

found as (
    select
        *,
        {{ week_start('day') }} as found_monday
    from cases
)

select * from found
where monday is distinct from found_monday
