{#- The month by whose close a row was known: its own, or that in which the source recorded it, if that is later. -#}
{% macro known_month(relation=none) -%}
    {%- set of = relation ~ '.' if relation else '' -%}
    greatest({{ of }}month_start, coalesce({{ month_start(of ~ 'recorded_on') }}, {{ of }}month_start))
{%- endmacro %}
