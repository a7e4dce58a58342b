with documents as (
    select
        document,
        {{ json_text('document', 'a.b') }} as nested,
        {{ json_text('document', 'a') }} as object_text,
        {{ json_has_key('document', 'gone') }} as has_gone,
        {{ json_text('document', 'gone') }} as gone,
        {{ json_text('document', 'list') }} as listed
    from (values
        ('{"a": {"b": "x"}, "gone": null, "list": [1, {"c": true}]}'),
        ('{"list": []}')
    ) as landed (document)
),

elements as (
    select
        document,
        listed,
        {{ json_positions('listed') }} as position
    from documents
),

found as (
    select
        documents.document,
        documents.nested = 'x' and documents.object_text = '{"b":"x"}' and documents.has_gone and documents.gone is null
            as is_first,
        documents.nested is null and not documents.has_gone as is_second,
        count(elements.position) as elements,
        min(case when elements.position = 0 then {{ json_element('elements.listed', 'elements.position') }} end) as first_element,
        min(case
            when elements.position = 1
                then {{ json_text(json_element('elements.listed', 'elements.position'), 'c') }}
        end) as second_element
    from documents
    left join elements on documents.document = elements.document
    group by documents.document, documents.nested, documents.object_text, documents.has_gone, documents.gone
)

select *
from found
where not coalesce(
    (is_first and elements = 2 and first_element = '1' and second_element = 'true') or (is_second and elements = 0), false
)
union all
select
    {{ text_of_seconds('cast(1704067200 as bigint)') }},
    false,
    false,
    0,
    '',
    ''
from (values (1)) as one (number)
where {{ text_of_seconds('cast(1704067200 as bigint)') }} <> '2024-01-01 00:00:00'
