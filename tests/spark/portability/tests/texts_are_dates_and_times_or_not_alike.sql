with cases as (
    select
        landed,
        cast(utc_time as timestamp) as utc_time,
        cast(day as date) as day
    from (values
        ('2024-02-29', null, '2024-02-29'),
        ('2023-02-29', null, null),
        ('2024-2-9', null, null),
        ('20 4-01-01', null, null),
        ('2024-01-31T10:00', '2024-01-31 10:00:00', null),
        ('2024-01-31 10:00:30', '2024-01-31 10:00:30', null),
        ('2024-01-31T10:00:30.123456789Z', '2024-01-31 10:00:30.123456', null),
        ('2024-01-31 10:00:00+09:00', '2024-01-31 01:00:00', null),
        ('2024-01-31 10:00:00+0530', '2024-01-31 04:30:00', null),
        ('2024-01-31 22:00:00-05', '2024-02-01 03:00:00', null),
        ('2024-01-31T10:00+09:00', '2024-01-31 01:00:00', null),
        ('2024-01-31T10:00Z', '2024-01-31 10:00:00', null),
        ('2024-01-31 10:00 UTC', '2024-01-31 10:00:00', null),
        ('2024-01-31 10:00:00 UTC', '2024-01-31 10:00:00', null),
        ('2024-01-31 24:00:00', null, null),
        ('2024-01-31 10:60', null, null),
        ('2024-01-31 10', null, null),
        ('2024-01-31T', null, null),
        ('2024-01-31 10:00:00 +09:00', null, null),
        ('2024-01-31 10:00:00 Asia/Tokyo', null, null),
        ('2024-01-31 10:00:00 PM', null, null),
        ('31.01.2024', null, null),
        ('today', null, null)
    ) as texts (landed, utc_time, day)
),

found as (
    select
        *,
        {{ utc_time_of('landed') }} as found_utc_time,
        {{ date_of('landed') }} as found_day
    from cases
)

select * from found
where
    utc_time is distinct from found_utc_time
    or day is distinct from found_day
