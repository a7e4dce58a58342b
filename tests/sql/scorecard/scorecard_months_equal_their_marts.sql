-- In every month and dimension a KPI has as many rows and values as its column in the mart, from the same lowest to the
-- same highest; a KPI that is not active in all months may leave some out. Both sides are read once.
with kpis as (
    select
        *,
        active_from is null and active_to is null as is_always_shown
    from {{ ref('dim_kpis') }}
),

shown as (
    select
        kpi_id,
        month_start,
        segment_dimension,
        count(*) as number_of_rows,
        count(value) as number_of_values,
        min(value) as lowest,
        max(value) as highest
    from {{ ref('kpi_scorecard_months') }}
    group by kpi_id, month_start, segment_dimension
),

{% for mart, dimension in scorecard_marts().items() -%}
{{ mart }}_measured as (
    select
        month_start,
        segment_dimension,
        {{ dimension or "'all'" }} as dimension_value,
        {%- for column in number_columns(mart) %}
        count({{ column }}) as values_of_{{ column }},
        min(cast({{ column }} as double)) as lowest_{{ column }},
        max(cast({{ column }} as double)) as highest_{{ column }},
        {%- endfor %}
        count(*) as number_of_rows
    from {{ ref(mart) }}
    group by month_start, segment_dimension{{ ', ' ~ dimension if dimension }}
),

{% endfor -%}
measured as (
    {% for mart in scorecard_marts() -%}
    select
        kpis.kpi_id,
        kpis.is_always_shown,
        months.month_start,
        months.segment_dimension,
        months.number_of_rows,
        {%- for figure in ['values_of', 'lowest', 'highest'] %}
        case kpis.value_column
            {%- for column in number_columns(mart) %}
            when '{{ column }}' then months.{{ figure }}_{{ column }}
            {%- endfor %}
        end as {{ 'number_of_values' if figure == 'values_of' else figure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ mart }}_measured as months
    inner join kpis on kpis.mart = '{{ mart }}' and months.dimension_value = kpis.dimension_value
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    coalesce(shown.kpi_id, measured.kpi_id) as kpi_id,
    coalesce(shown.month_start, measured.month_start) as month_start,
    coalesce(shown.segment_dimension, measured.segment_dimension) as segment_dimension,
    shown.number_of_rows as rows_of_scorecard,
    measured.number_of_rows as rows_of_mart
from shown
full outer join measured
    on
        shown.kpi_id = measured.kpi_id
        and shown.month_start = measured.month_start
        and shown.segment_dimension = measured.segment_dimension
where
    measured.kpi_id is null
    or (shown.kpi_id is null and measured.is_always_shown)
    or (
        shown.kpi_id is not null
        and (
            shown.number_of_rows != measured.number_of_rows
            or shown.number_of_values != measured.number_of_values
            or shown.lowest is distinct from measured.lowest
            or shown.highest is distinct from measured.highest
        )
    )
