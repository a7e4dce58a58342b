{#- Whether tables grow from run to run here; Spark builds them anew in every run. -#}
{% macro keeps_increments() -%}
    {{ return(target.type == 'duckdb' and not flags.FULL_REFRESH) }}
{%- endmacro %}

{#- The materialization of a table that grows. -#}
{% macro growing_table() -%}
    {{ return('incremental' if target.type == 'duckdb' else 'table') }}
{%- endmacro %}

{#- The hook that makes room in a growing table for the rows that an increment builds again. -#}
{% macro delete_rows(condition) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ condition }}
    {%- endif -%}
{%- endmacro %}
