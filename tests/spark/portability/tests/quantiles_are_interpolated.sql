with numbers as (
    select *
    from (values
        ('even', cast(1 as double)), ('even', 2), ('even', 4), ('even', 10), ('even', null),
        ('one', 7),
        ('none', null)
    ) as numbers (label, number)
),

found as (
    select
        label,
        {{ quantile('number', 0.5) }} as middle,
        {{ quantile('number', 0.9) }} as high
    from numbers
    group by label
)

select * from found
where
    middle is distinct from case label when 'even' then cast(3 as double) when 'one' then cast(7 as double) end
    or abs(high - case label when 'even' then 8.2 else 7 end) > 0.000000001
    or (high is null) != (label = 'none')
