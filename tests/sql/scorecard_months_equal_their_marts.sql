-- The scorecard, turned back into columns, is the marts; a KPI that is not active in all months may leave some out.
with kpis as (
    select * from {{ ref('dim_kpis') }}
),

scorecard as (
    select
        scorecard_months.*,
        kpis.mart,
        kpis.value_column,
        kpis.active_from is null and kpis.active_to is null as is_always_shown
    from {{ ref('kpi_scorecard_months') }} as scorecard_months
    inner join kpis on scorecard_months.kpi_id = kpis.kpi_id
),

{% for mart, dimension in scorecard_marts().items() -%}
{{ mart }}_measured as (
    select
        mart_rows.*,
        (
            select count(*) from kpis
            where kpis.mart = '{{ mart }}' and kpis.active_from is null and kpis.active_to is null
        ) as expected_kpis
    from {{ ref(mart) }} as mart_rows
    {{ 'where ' ~ dimension ~ " = 'all'" if dimension }}
),

{{ mart }}_shown as (
    select
        month_start,
        segment_dimension,
        segment_value,
        {%- for column in number_columns(mart) %}
        count(case when value_column = '{{ column }}' then 1 end) as has_{{ column }},
        max(case when value_column = '{{ column }}' then value end) as {{ column }},
        {%- endfor %}
        count(case when is_always_shown then 1 end) as shown_kpis
    from scorecard
    where mart = '{{ mart }}'
    group by month_start, segment_dimension, segment_value
),

{% endfor -%}
final as (
    {% for mart in scorecard_marts() -%}
    select
        '{{ mart }}' as mart,
        coalesce(shown.month_start, measured.month_start) as month_start,
        coalesce(shown.segment_dimension, measured.segment_dimension) as segment_dimension,
        coalesce(shown.segment_value, measured.segment_value) as segment_value
    from {{ mart }}_measured as measured
    full outer join {{ mart }}_shown as shown
        on
            measured.month_start = shown.month_start
            and measured.segment_dimension = shown.segment_dimension
            and measured.segment_value = shown.segment_value
    where
        coalesce(shown.shown_kpis, 0) != coalesce(measured.expected_kpis, -1)
        {%- for column in number_columns(mart) %}
        or (
            shown.has_{{ column }} > 0
            and shown.{{ column }} is distinct from cast(measured.{{ column }} as double)
        )
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
