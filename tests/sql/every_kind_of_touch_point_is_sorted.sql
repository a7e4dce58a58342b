-- depends_on: {{ ref('activity_types') }}, {{ ref('activity_responses') }}
-- What the contract allows, the seeds know.
{%- set sorted_by = {'activity_type': 'activity_types', 'response': 'activity_responses'} %}
{%- if execute %}
{%- for column, seed in sorted_by.items() %}
{%- set is_last_column = loop.last %}
{%- for value in contract_table('cs_activities').columns[column].config.meta.allowed %}
select
    '{{ column }}' as column_name,
    '{{ value }}' as missing_value
where not exists (select 1 from {{ ref(seed) }} as seed where seed.{{ column }} = '{{ value }}')
{{ 'union all' if not (loop.last and is_last_column) }}
{%- endfor %}
{%- endfor %}
{%- endif %}
