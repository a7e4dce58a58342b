{#- A value is NULL or between the bounds, both included; either bound may be left out. -#}
{% test values_between(model, columns, minimum=none, maximum=none) %}
select *
from {{ model }}
where
    {%- for column in columns %}
    {%- set is_first = loop.first %}
    {%- if minimum is not none %}
    {{ 'or ' if not is_first }}{{ column }} < {{ minimum }}
    {%- endif %}
    {%- if maximum is not none %}
    {{ 'or ' if minimum is not none or not is_first }}{{ column }} > {{ maximum }}
    {%- endif %}
    {%- endfor %}
{% endtest %}
