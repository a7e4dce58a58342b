{#- Every row has a value for every segment, `unknown` at least; a NULL would be in no segment. -#}
{% test segment_attributes_known(model, renamed={}) %}
select *
from {{ model }}
where
    {%- for column in segment_dimensions().values() %}
    {{ 'or ' if not loop.first }}{{ renamed.get(column, column) }} is null
    {%- endfor %}
{% endtest %}
