with kpis as (
    select * from {{ ref('dim_kpis') }}
),

final as (
    {% for mart, dimension in scorecard_marts().items() -%}
    {{ kpi_values(ref(mart), mart, number_columns(mart), ['month_start', 'segment_dimension', 'segment_value']) }}
    {{ 'and measured.' ~ dimension ~ " = 'all'" if dimension }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
