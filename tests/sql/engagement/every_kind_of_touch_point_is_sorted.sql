-- depends_on: {{ ref('activity_types') }}, {{ ref('activity_responses') }}
-- Every kind of touch point and every response that the contract allows is a row of its seed.
{%- set sorted_by = {'activity_type': 'activity_types', 'response': 'activity_responses'} %}
{%- if execute %}
{%- for column, seed in sorted_by.items() %}
{%- set is_last_column = loop.last %}
{%- for value in contract_table('cs_activities').columns[column].config.meta.allowed %}
select
    '{{ column }}' as column_name,
    '{{ value }}' as missing_value,
    count(*) as rows_found
from {{ ref(seed) }}
where {{ column }} = '{{ value }}'
having count(*) = 0
{{ 'union all' if not (loop.last and is_last_column) }}
{%- endfor %}
{%- endfor %}
{%- endif %}
