{#- The rows of a base model that an increment judges again, as they were before it: those of touched files, and those
    that share a key with a row of a touched file. Empty in a full build. -#}
{% macro replaced_rows(table_name) %}
{%- set raw_table = source('raw', table_name) %}
{%- set base = built_before('base_' ~ table_name) %}
{%- if execute %}
{%- set table = contract_table(table_name) %}
{%- set key = table.config.meta.key %}
-- depends_on: {{ ref('touched_files') }}
{%- if base %}
{%- set is_touched = '_file_name in (' ~ touched_files(table_name) ~ ')' %}
with touched_keys as (
    select {{ key | join(', ') }} from {{ base }}
    where {{ is_touched }}
    union
    select
        {%- for name in key %}
        {{ typed_value('raw_rows.' ~ name, table.columns[name]) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ raw_table }} as raw_rows
    where {{ is_touched }}
),

final as (
    select * from {{ base }}
    where {{ is_touched }}
    union all
    select base.*
    from {{ base }} as base
    inner join touched_keys on {{ same_key('base', 'touched_keys', key) }}
    where not base.{{ is_touched }}
)

select * from final
{%- else %}
select
    {%- for column in table.columns.values() %}
    cast(null as {{ 'string' if column.data_type == 'varchar' else column.data_type }}) as {{ column.name }},
    {%- endfor %}
    cast(null as bigint) as unknown_references,
    cast(null as bigint) as values_set_null,
    cast(null as string) as row_status,
    cast(null as string) as quarantine_reason,
    cast(null as string) as reason_column,
    cast(null as string) as _file_name,
    cast(null as bigint) as _row_number
where false
{%- endif %}
{%- else %}
-- depends_on: {{ ref('touched_files') }}
{%- endif %}
{% endmacro %}


{#- The hook that takes the replaced rows out of a base model before it is added to. -#}
{% macro delete_replaced_rows(table_name) -%}
    {%- set replaced = ref('replaced_' ~ table_name) -%}
    {%- if is_incremental() -%}
        {{ delete_rows(
            is_in_replaced_file(table_name, '_file_name')
            ~ ' and (_file_name, _row_number) in (select (_file_name, _row_number) from ' ~ replaced ~ ')'
        ) }}
    {%- endif -%}
{%- endmacro %}


{#- The rows of files that hold replaced rows, by which the engine skips other files. -#}
{% macro is_in_replaced_file(table_name, file_name) -%}
    {%- set replaced = ref('replaced_' ~ table_name) -%}
    {%- if is_built(replaced) -%}
        {{ file_name }} in ({{ file_literals('select distinct _file_name from ' ~ replaced) }})
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
