{#- The hook that makes room in a growing table for the rows that an increment builds again. -#}
{% macro delete_rows(condition) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ condition }}
    {%- endif -%}
{%- endmacro %}
