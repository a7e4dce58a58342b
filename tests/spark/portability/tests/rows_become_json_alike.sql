with cases as (
    select
        'it''s "so"' as quoted,
        concat('a', chr(92), chr(9), chr(10), chr(1)) as escaped,
        '日本' as japanese,
        cast(null as string) as missing,
        cast(7 as bigint) as number
)

select {{ row_as_json(['quoted', 'escaped', 'japanese', 'missing', 'number'], 'cases') }} as found
from cases
where
    {{ row_as_json(['quoted', 'escaped', 'japanese', 'missing', 'number'], 'cases') }} is distinct from concat(
        '{"quoted":"it''s ', chr(92), '"so', chr(92), '"","escaped":"a', chr(92), chr(92), chr(92), 't', chr(92), 'n',
        chr(92), 'u0001","japanese":"日本","missing":null,"number":"7"}'
    )
