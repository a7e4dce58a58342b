{#- The accepted rows of a contract table, in the columns of its contract, with the file and row of each. -#}
{% macro accepted_rows(table_name) %}
{%- set base = ref('base_' ~ table_name) %}
{%- if execute %}
with base as (
    select * from {{ base }}
),

final as (
    select
        {%- for column in contract_table(table_name).columns %}
        {{ column }},
        {%- endfor %}
        _file_name,
        _row_number
    from base
    where row_status = 'accepted'
)

select * from final
{%- endif %}
{% endmacro %}
