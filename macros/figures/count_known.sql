{#- The number of rows for which a condition holds; NULL, not 0, where the condition is NULL in every row. -#}
{% macro count_known(condition) -%}
    cast(sum(case when {{ condition }} then 1 when not ({{ condition }}) then 0 end) as bigint)
{%- endmacro %}
