with cases as (
    select
        time_zone,
        cast(local_time as timestamp) as local_time,
        cast(utc_time as timestamp) as utc_time
    from (values
        ('UTC', '2024-03-10 00:00:00', '2024-03-10 00:00:00'),
        ('Asia/Tokyo', '2024-03-10 00:00:00', '2024-03-09 15:00:00'),
        ('America/New_York', '2024-03-10 00:00:00', '2024-03-10 05:00:00'),
        ('America/New_York', '2024-03-11 00:00:00', '2024-03-11 04:00:00'),
        ('Asia/Kathmandu', '2024-03-10 00:00:00', '2024-03-09 18:15:00'),
        -- A clock that goes forward over midnight, and one that goes back over it: the first of two midnights.
        ('America/Sao_Paulo', '2018-11-04 00:00:00', '2018-11-04 03:00:00'),
        ('America/Havana', '2024-11-03 00:00:00', '2024-11-03 04:00:00')
    ) as times (time_zone, local_time, utc_time)
),

found as (
    select
        *,
        {{ to_utc('local_time', 'time_zone') }} as found_utc_time,
        {{ local_date('utc_time', 'time_zone') }} as found_day,
        {{ local_date("utc_time - interval '1' second", 'time_zone') }} as found_day_before
    from cases
)

select * from found
where
    utc_time is distinct from found_utc_time
    or cast(local_time as date) is distinct from found_day
    or {{ add_days('cast(local_time as date)', -1) }} is distinct from found_day_before
