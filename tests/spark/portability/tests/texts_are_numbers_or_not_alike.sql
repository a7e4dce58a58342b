with cases as (
    select
        landed,
        cast(number as decimal(18, 8)) as number
    from (values
        ('1', '1'),
        (' 1.5　', '1.5'),
        ('-.5', '-0.5'),
        ('+7.', '7'),
        ('0012.30', '12.3'),
        ('1.234567895', '1.2345679'),
        ('1.234567894999', '1.23456789'),
        ('-1.234567895', '-1.2345679'),
        ('9999999999.99999999', '9999999999.99999999'),
        ('10000000000', null),
        ('1e3', '1000'),
        ('1.5E-3', '0.0015'),
        ('2.85e-8', '0.00000003'),
        ('1e-12', '0'),
        ('1e400', null),
        ('', null),
        ('   ', null),
        ('1_000', null),
        ('1,000', null),
        ('1 2', null),
        ('1d', null),
        ('0x10', null),
        ('NaN', null),
        ('inf', null),
        ('1e', null),
        ('.', null),
        ('-', null),
        ('１２', null),
        (concat('1', chr(10)), null)
    ) as texts (landed, number)
),

found as (
    select
        *,
        {{ number_of('landed', 'decimal(18,8)') }} as found_number
    from cases
)

select * from found
where number is distinct from found_number
