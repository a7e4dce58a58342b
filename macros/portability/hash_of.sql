{#- A 64-bit number that stands for values where many are compared; engines give different numbers. -#}
{% macro hash_of(values) -%}
    {{ return(adapter.dispatch('hash_of')(values)) }}
{%- endmacro %}

{% macro default__hash_of(values) -%}
    hash({{ values }})
{%- endmacro %}

{% macro spark__hash_of(values) -%}
    xxhash64({{ values }})
{%- endmacro %}
