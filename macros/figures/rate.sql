{#- A rate or mean as a double: NULL where the denominator is zero or empty. -#}
{% macro rate(numerator, denominator) -%}
    cast(cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0) as double)
{%- endmacro %}
