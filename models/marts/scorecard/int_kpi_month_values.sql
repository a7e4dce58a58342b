with kpis as (
    select * from {{ ref('dim_kpis') }}
),

-- By the calendar: where the month before is missing, its value is NULL.
final as (
    {% for mart, dimension in scorecard_marts().items() -%}
    {%- set columns = number_columns(mart) -%}
    select
        kpis.kpi_id,
        measured.month_start,
        measured.segment_dimension,
        measured.segment_value,
        {{ kpi_value('measured', columns) }} as value,
        {{ kpi_value('previous', columns) }} as previous_value,
        {{ kpi_value('year_ago', columns) }} as year_ago_value
    from {{ ref(mart) }} as measured
    {% for earlier, months in [('previous', -1), ('year_ago', -12)] -%}
    left join {{ ref(mart) }} as {{ earlier }}
        on
            measured.segment_dimension = {{ earlier }}.segment_dimension
            and measured.segment_value = {{ earlier }}.segment_value
            and {{ add_months('measured.month_start', months) }} = {{ earlier }}.month_start
            {{ 'and measured.' ~ dimension ~ ' = ' ~ earlier ~ '.' ~ dimension if dimension }}
    {% endfor -%}
    inner join kpis
        on
            kpis.mart = '{{ mart }}'
            {{ 'and measured.' ~ dimension ~ ' = kpis.dimension_value' if dimension }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
