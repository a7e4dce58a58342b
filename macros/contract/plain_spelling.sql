{#- A name without what spellings differ in: case, blanks and full stops. -#}
{% macro plain_spelling(name) -%}
    lower(replace(replace(replace({{ name }}, ' ', ''), '　', ''), '.', ''))
{%- endmacro %}
