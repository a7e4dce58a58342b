with kpis as (
    select * from {{ ref('dim_kpis') }}
    where numerator_column is not null
),

last_month as (
    select max(month_start) as month_start from {{ ref('dim_months') }}
),

-- Months ahead, such as those of contracts due, are not over and add up to nothing.
final as (
    {% for mart, dimension in scorecard_marts().items() -%}
    {%- set columns = number_columns(mart) -%}
    select
        kpis.kpi_id,
        measured.month_start,
        measured.segment_dimension,
        measured.segment_value,
        {{ kpi_value('measured', columns, 'numerator_column') }} as numerator,
        {{ kpi_value('measured', columns, 'denominator_column') }} as denominator
    from {{ ref(mart) }} as measured
    inner join kpis
        on
            kpis.mart = '{{ mart }}'
            {{ 'and measured.' ~ dimension ~ ' = kpis.dimension_value' if dimension }}
    inner join last_month on measured.month_start <= last_month.month_start
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
