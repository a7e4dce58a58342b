{#- The keys of the accepted rows of every contract table that does not grow, as text. -#}
{% macro accepted_keys() %}
{%- set parts = [] %}
{%- for table_name in contract_tables() %}
{%- set base = ref('base_' ~ table_name) %}
{%- if execute and not contract_table(table_name).config.meta.grows %}
{%- set part %}
select
    '{{ table_name }}' as table_name,
    {{ key_text(contract_table(table_name)) }} as row_key
from {{ base }}
where row_status = 'accepted'
{%- endset %}
{%- do parts.append(part) %}
{%- endif %}
{%- endfor %}
{{- parts | join('\nunion all\n') }}
{% endmacro %}


{#- The columns of a table's key as one text, separated by bars. -#}
{% macro key_text(table) -%}
    {%- for column in table.config.meta.key -%}
    coalesce(cast({{ column }} as string), ''){{ " || '|' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
