{#- The landed rows of a contract table with those that a source system gives; of its files alone, in their own types,
    where no object of the system was landed. -#}
{% macro landed_with_systems(table_name, adapted) %}
{%- set raw_table = source('raw', table_name) %}
{%- set objects = source('load', 'system_objects') %}
{%- if execute %}
{%- set names = listed_columns(table_name) %}
{%- set given = [] %}
{%- if is_built(objects) and is_built(adapted) and has_rows(adapted) %}
    {%- for column in adapter.get_columns_in_relation(adapted) %}
        {%- do given.append(column.name) %}
    {%- endfor %}
{%- endif %}
select
    {%- for name in names %}
    {% if given and name != '_row_number' %}cast({{ name }} as string) as {{ name }}{% else %}{{ name }}{% endif %}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ raw_table }}
{%- if given %}
union all
select
    {%- for name in names %}
    {% if name == '_row_number' %}{{ name }}{% else %}cast({{ name if name in given else 'null' }} as string) as {{ name }}{% endif %}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ adapted }}
{%- endif %}
{%- endif %}
{% endmacro %}


{#- 1 for a row of a source system's folder, 0 for one of a file of the contract. -#}
{% macro is_of_system(file_name) -%}
    case when {{ file_name }} like 'stripe/%' then 1 else 0 end
{%- endmacro %}
