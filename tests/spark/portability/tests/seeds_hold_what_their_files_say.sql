with expected as (
    select *
    from (values
        (1, 'it''s', cast(0.1 as double), 7, '2024-02-29'),
        (2, 'say "so"', null, null, null),
        (3, concat('back', chr(92), 'slash'), cast(-2.5 as double), null, null),
        (4, concat('two', chr(10), 'lines'), cast(0.0000001 as double), 0, '1999-12-31'),
        (5, '日本語　と　空白', cast(3 as double), 3, null),
        (6, null, null, null, null),
        (7, '100%s {{ "{{" }} not jinja {{ "}}" }}', cast(0 as double), 1, '2024-01-01')
    ) as texts (text_id, value, amount, counted, happened_on)
)

select
    expected.*,
    found.value as found_value
from expected
full outer join {{ ref('untidy_texts') }} as found on expected.text_id = found.text_id
where
    expected.text_id is null
    or found.text_id is null
    or expected.value is distinct from found.value
    or expected.amount is distinct from found.amount
    or expected.counted is distinct from found.counted
    or cast(expected.happened_on as date) is distinct from found.happened_on
