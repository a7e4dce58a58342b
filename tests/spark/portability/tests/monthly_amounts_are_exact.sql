with cases as (
    select
        cast(quantity as decimal(18, 6)) as quantity,
        cast(unit_price as decimal(18, 8)) as unit_price,
        cast(discount_rate as decimal(18, 10)) as discount_rate,
        billing_interval,
        cast(interval_count as bigint) as interval_count,
        cast(amount as decimal(18, 4)) as amount
    from (values
        ('1', '100', '0', 'month', 1, '100'),
        ('3', '1200', '0.1', 'year', 1, '270'),
        ('1', '100', '0', 'quarter', 1, '33.3333'),
        ('1', '200', '0', 'quarter', 1, '66.6667'),
        ('1', '10', '0', 'week', 1, '43.3333'),
        ('1', '1', '0', 'day', 1, '30.4167'),
        ('1', '10', '0', 'year', 3, '0.2778'),
        -- Exactly between two amounts: away from zero, which a double would miss.
        ('1', '0.00005', '0', 'month', 1, '0.0001'),
        ('1', '0.00285', '0', 'month', 1, '0.0029'),
        ('1', '1.00045', '0', 'month', 1, '1.0005'),
        ('0.5', '0.0003', '0', 'month', 1, '0.0002'),
        ('1', '0.0006', '0', 'month', 4, '0.0002'),
        ('1', '0.00284999', '0', 'month', 1, '0.0028'),
        ('2', '0.00004999', '0.0000000001', 'month', 1, '0.0001'),
        ('1', '0', '0', 'month', 1, '0'),
        ('5', '100', '1', 'month', 1, '0'),
        -- The largest that are amounts, and one that is too large to be one.
        ('999999', '199999.99999999', '0.0000000001', 'month', 1, '199999799979.9900'),
        ('19.999999', '9999999999.99999999', '0', 'day', 1, '6083333029166.6667'),
        ('1000000', '200000', '0', 'month', 1, null)
    ) as items (quantity, unit_price, discount_rate, billing_interval, interval_count, amount)
),

found as (
    select
        *,
        {{ monthly_amount('quantity', 'unit_price', 'discount_rate', 'billing_interval', 'interval_count') }} as found_amount
    from cases
)

select * from found
where amount is distinct from found_amount
