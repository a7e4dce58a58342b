{#- A schema is named by its layer alone, on every target. -#}
{% macro default__generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}

{#- On Spark the views of marts are what readers see: they show the last release while the next one is built aside. -#}
{% macro spark__generate_schema_name(custom_schema_name, node) -%}
    {{ 'marts_next' if custom_schema_name == 'marts' else custom_schema_name or target.schema }}
{%- endmacro %}
