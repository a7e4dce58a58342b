with cases as (
    select *
    from (values
        ('a', 'a'),
        ('  a b ', 'a b'),
        ('　日本　', '日本'),
        (concat(chr(160), 'a', chr(8203)), concat('a', chr(8203))),
        (concat(chr(9), 'a'), concat(chr(9), 'a')),
        (' 　 ', null),
        ('', null)
    ) as texts (landed, expected)
)

select * from cases
where
    expected is distinct from {{ text_of('landed') }}
    or {{ text_of('cast(12 as bigint)') }} is distinct from '12'
    or {{ text_of('true') }} is distinct from 'true'
    or {{ text_of("cast('2024-01-31' as date)") }} is distinct from '2024-01-31'
    or {{ text_of("cast('2024-01-31 10:00:00.5' as timestamp)") }} is distinct from '2024-01-31 10:00:00.5'
