{#- An amount of one currency in the reporting currency, rounded once to four decimals. -#}
{% macro converted(amount, rate) -%}
    {{ rounded_amount(
        'cast(' ~ amount ~ ' as double) * cast(' ~ rate ~ ' as double)',
        'cast(round(cast(' ~ amount ~ ' as decimal(19, 4)) * ' ~ rate ~ ', 4) as decimal(18, 4))'
    ) }}
{%- endmacro %}
