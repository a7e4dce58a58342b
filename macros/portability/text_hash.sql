{#- A 64-bit number that stands for a text where many are compared; engines give different numbers. -#}
{% macro text_hash(text) -%}
    {{ return(adapter.dispatch('text_hash')(text)) }}
{%- endmacro %}

{% macro default__text_hash(text) -%}
    hash({{ text }})
{%- endmacro %}

{% macro spark__text_hash(text) -%}
    xxhash64({{ text }})
{%- endmacro %}
