{#- In every segment dimension the segments of a row's period sum to `all`, and every dimension is there. What is unknown
    of all may be 0 in segments in which nothing happened. -#}
{% test segments_sum_to_all(model, measures, periods=['month_start']) %}
with summed as (
    select
        {{ periods | join(', ') }},
        segment_dimension,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}
    group by {{ periods | join(', ') }}, segment_dimension
),

dimensions as (
    {%- for dimension in segment_dimensions() %}
    select '{{ dimension }}' as segment_dimension
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

totals as (
    select
        {%- for column in periods + measures %}
        summed.{{ column }},
        {%- endfor %}
        dimensions.segment_dimension
    from summed
    cross join dimensions
    where summed.segment_dimension = 'all'
),

segments as (
    select * from summed
    where segment_dimension != 'all'
)

select
    {%- for period in periods %}
    coalesce(totals.{{ period }}, segments.{{ period }}) as {{ period }},
    {%- endfor %}
    coalesce(totals.segment_dimension, segments.segment_dimension) as segment_dimension,
    {%- for measure in measures %}
    totals.{{ measure }} as {{ measure }}_of_all,
    segments.{{ measure }} as {{ measure }}_of_segments{{ ',' if not loop.last }}
    {%- endfor %}
from totals
full outer join segments
    on
        totals.segment_dimension = segments.segment_dimension
        {%- for period in periods %}
        and totals.{{ period }} = segments.{{ period }}
        {%- endfor %}
where
    totals.segment_dimension is null
    or segments.segment_dimension is null
    {%- for measure in measures %}
    or coalesce(totals.{{ measure }} != segments.{{ measure }}, coalesce(totals.{{ measure }}, segments.{{ measure }}) != 0, false)
    {%- endfor %}
{% endtest %}
