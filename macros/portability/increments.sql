{#- Whether tables grow from run to run here; Spark builds them anew in every run. -#}
{% macro keeps_increments() -%}
    {{ return(target.type == 'duckdb' and not flags.FULL_REFRESH) }}
{%- endmacro %}

{#- The materialization of a table that grows. -#}
{% macro growing_table() -%}
    {{ return('incremental' if target.type == 'duckdb' else 'table') }}
{%- endmacro %}
