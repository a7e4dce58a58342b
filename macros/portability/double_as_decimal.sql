{#- A double rounded to a decimal, half away from zero; NULL beyond nine digits of 18 before the point.

    Casts do not agree: 0.00145 to four decimals is 0.0014 where an engine scales the double and 0.0015 where it
    reads the double's digits. This scales it, on both. -#}
{% macro double_as_decimal(value, data_type) -%}
    {%- set scale = data_type.rstrip(')').split(',')[1] | int -%}
    try_cast(
        cast(try_cast(round(({{ value }}) * cast(1{{ '0' * scale }} as double)) as bigint) as decimal(19, 0))
        * cast('0.{{ '0' * (scale - 1) }}1' as decimal({{ scale }}, {{ scale }})) as {{ data_type }}
    )
{%- endmacro %}
