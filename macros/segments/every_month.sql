{#- Sums by month and segment, and an `all` row of zeros for each month that has none. -#}
{% macro every_month(sums, columns) -%}
    select
        month_start,
        segment_dimension,
        segment_value
        {%- for column in columns %},
        {{ column }}
        {%- endfor %}
    from {{ sums }}
    union all
    select
        months.month_start,
        'all' as segment_dimension,
        'all' as segment_value
        {%- for column in columns %},
        0 as {{ column }}
        {%- endfor %}
    from {{ ref('dim_months') }} as months
    left join {{ sums }} on months.month_start = {{ sums }}.month_start and {{ sums }}.segment_dimension = 'all'
    where {{ sums }}.month_start is null
{%- endmacro %}
