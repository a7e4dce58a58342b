{#- Segmenting: a mart lists its measures once and is grouped by month and by every segment in one pass.

    select month_start, segment_columns(), sum(...) as ... from fact group_by_segments(['month_start'])

    The fact carries a column per segment; facts show `unknown` where an attribute is not known. -#}

{% macro segment_dimensions() %}
    {{ return({
        'country': 'country',
        'region': 'region',
        'industry': 'industry',
        'size_band': 'size_band',
        'acquisition_channel': 'acquisition_channel',
        'csm': 'csm_id',
        'cs_team': 'cs_team',
        'tenure_band': 'tenure_band',
        'product': 'product_id',
        'plan': 'plan_id',
        'touch_model': 'touch_model',
    }) }}
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
