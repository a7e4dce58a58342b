{#- An amount rounded once to four decimals, from its double where the double surely rounds to the same, else from
    `exact`. DuckDB divides wide decimals about ten times more slowly than doubles.

    Up to 10^11 ten-thousandths, a double of a few operations is off by less than 0.001 of one: it can only round
    otherwise where it lies that near to a half. -#}
{% macro rounded_amount(double, exact) -%}
    {{ return(adapter.dispatch('rounded_amount')(double, exact)) }}
{%- endmacro %}

{% macro default__rounded_amount(double, exact) -%}
    {%- set parts = '((' ~ double ~ ') * 10000)' -%}
    case
        when abs({{ parts }}) < 100000000000 and abs(abs({{ parts }} - trunc({{ parts }})) - 0.5) > 0.001
            then cast({{ double }} as decimal(18, 4))
        else {{ exact }}
    end
{%- endmacro %}

{% macro spark__rounded_amount(double, exact) -%}
    {{ exact }}
{%- endmacro %}
