{#- Segmenting: a mart lists its measures once and is grouped by month and by every segment in one pass.

    select month_start, segment_columns(), sum(...) as ... from fact group_by_segments(['month_start'])

    The fact carries a column per segment; in facts an attribute that is not known is `unknown`. -#}

{#- The column of each dimension: those of the account, those of the month, or all. -#}
{% macro segment_dimensions(of=none) %}
    {%- set columns = {} -%}
    {%- for segment in var('segments') if of in [none, segment.of] -%}
        {%- do columns.update({segment.dimension: segment.column}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{% macro segment_columns() -%}
    cast(case
        {%- for dimension, column in segment_dimensions().items() %}
        when grouping({{ column }}) = 0 then '{{ dimension }}'
        {%- endfor %}
        else 'all'
    end as string) as segment_dimension,
    cast(case
        {%- for dimension, column in segment_dimensions().items() %}
        when grouping({{ column }}) = 0 then {{ column }}
        {%- endfor %}
        else 'all'
    end as string) as segment_value
{%- endmacro %}

{% macro group_by_segments(columns) -%}
    group by grouping sets (
        ({{ columns | join(', ') }})
        {%- for column in segment_dimensions().values() %},
        ({{ columns | join(', ') }}, {{ column }})
        {%- endfor %}
    )
{%- endmacro %}
