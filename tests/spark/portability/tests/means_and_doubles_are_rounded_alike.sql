with cases as (
    select
        cast(amount as decimal(18, 4)) as amount,
        cast(count as bigint) as count,
        cast(mean as decimal(18, 4)) as mean
    from (values
        ('0.0057', 2, '0.0029'),
        ('10', 3, '3.3333'),
        ('20', 3, '6.6667'),
        ('0.0001', 2, '0.0001'),
        ('0.0001', 3, '0'),
        ('99999999999999.9999', 1, '99999999999999.9999'),
        ('0', 5, '0'),
        ('5', 0, null),
        (null, 5, null)
    ) as amounts (amount, count, mean)
),

found as (
    select
        *,
        {{ mean_amount('amount', 'count') }} as found_mean,
        {{ double_as_decimal('cast(0.00145 as double)', 'decimal(18, 4)') }} as scaled_down,
        {{ double_as_decimal('cast(-1.25 as double)', 'decimal(18, 1)') }} as away_from_zero,
        {{ double_as_decimal('cast(1e300 as double)', 'decimal(18, 4)') }} as too_large,
        {{ double_as_decimal('cast(null as double)', 'decimal(18, 4)') }} as missing
    from cases
)

select * from found
where
    mean is distinct from found_mean
    or scaled_down is distinct from cast('0.0014' as decimal(18, 4))
    or away_from_zero is distinct from cast('-1.3' as decimal(18, 1))
    or too_large is not null
    or missing is not null
