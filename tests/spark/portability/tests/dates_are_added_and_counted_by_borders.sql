-- dbt.dateadd, dbt.datediff and dbt.date_trunc, which models use too.
with cases as (
    select
        cast(earlier as timestamp) as earlier,
        cast(later as timestamp) as later,
        days,
        months,
        quarters,
        years,
        hours,
        minutes
    from (values
        ('2024-01-31 23:59:59', '2024-02-01 00:00:00', 1, 1, 0, 0, 1, 1),
        ('2023-12-31 12:00:00', '2024-01-01 11:00:00', 1, 1, 1, 1, 23, 1380),
        ('2024-01-01 00:00:00', '2024-01-31 23:59:59', 30, 0, 0, 0, 743, 44639),
        ('2024-02-29 10:00:00', '2025-02-28 10:00:00', 365, 12, 4, 1, 8760, 525600),
        ('2024-04-01 00:00:00', '2024-03-31 00:00:00', -1, -1, -1, 0, -24, -1440),
        ('2024-05-15 08:30:00', '2024-05-15 08:30:59', 0, 0, 0, 0, 0, 0)
    ) as times (earlier, later, days, months, quarters, years, hours, minutes)
),

found as (
    select
        *,
        {% for part in ['day', 'month', 'quarter', 'year', 'hour', 'minute'] -%}
        {{ dbt.datediff('earlier', 'later', part) }} as found_{{ part }}s,
        {% endfor -%}
        {{ dbt.dateadd('quarter', '1 - 2', 'cast(later as date)') }} as quarter_before,
        {{ dbt.dateadd('year', 1, 'later') }} as year_later,
        {{ dbt.date_trunc('quarter', 'later') }} as quarter_start
    from cases
)

select * from found
where
    {% for part in ['day', 'month', 'quarter', 'year', 'hour', 'minute'] -%}
    {{ part }}s is distinct from found_{{ part }}s or
    {% endfor -%}
    {{ dbt.datediff('quarter_before', 'later', 'month') }} is distinct from 3
    or {{ dbt.datediff('later', 'year_later', 'month') }} is distinct from 12
    or {{ dbt.datediff('quarter_start', 'later', 'quarter') }} is distinct from 0
    or extract(month from quarter_start) not in (1, 4, 7, 10)
    or extract(day from quarter_start) != 1
