with cases as (
    select
        cast(day as date) as day,
        cast(first_day as date) as first_day,
        cast(last_day as date) as last_day,
        cast(quarter_later as date) as quarter_later,
        cast(ten_days_before as date) as ten_days_before
    from (values
        ('2024-02-29', '2024-02-01', '2024-02-29', '2024-05-01', '2024-02-19'),
        ('2023-02-01', '2023-02-01', '2023-02-28', '2023-05-01', '2023-01-22'),
        ('2024-12-31', '2024-12-01', '2024-12-31', '2025-03-01', '2024-12-21'),
        ('2000-01-01', '2000-01-01', '2000-01-31', '2000-04-01', '1999-12-22'),
        ('1999-12-31', '1999-12-01', '1999-12-31', '2000-03-01', '1999-12-21')
    ) as days (day, first_day, last_day, quarter_later, ten_days_before)
),

found as (
    select
        *,
        {{ month_start('day') }} as found_first_day,
        {{ month_end('day') }} as found_last_day,
        {{ add_months('first_day', '1 + 2') }} as found_quarter_later,
        {{ add_days('day', '-(4 + 6)') }} as found_ten_days_before
    from cases
)

select * from found
where
    first_day is distinct from found_first_day
    or last_day is distinct from found_last_day
    or quarter_later is distinct from found_quarter_later
    or ten_days_before is distinct from found_ten_days_before
    or {{ months_between('first_day', 'quarter_later') }} is distinct from 3
    or {{ months_between('quarter_later', 'first_day') }} is distinct from -3
