{#- Whether the price of a billing period can be real; a larger one has no MRR. -#}
{% macro is_amount_in_range(quantity, unit_price) -%}
    cast({{ quantity }} as double) * cast({{ unit_price }} as double) < 200000000000
{%- endmacro %}
