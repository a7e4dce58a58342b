-- Every value of the scorecard is factor × numerator ÷ denominator; amounts of money are rounded to four decimals.
with kpis as (
    select * from {{ ref('dim_kpis') }}
),

figures as (
    select
        components.kpi_id,
        components.month_start,
        components.segment_dimension,
        components.segment_value,
        kpi_values.value,
        kpis.unit,
        case
            when kpis.denominator_column is null then kpis.factor * components.numerator
            else kpis.factor * components.numerator / nullif(components.denominator, 0)
        end as expected_value
    from {{ ref('int_kpi_month_components') }} as components
    inner join kpis on components.kpi_id = kpis.kpi_id
    left join {{ ref('int_kpi_month_values') }} as kpi_values
        on
            components.kpi_id = kpi_values.kpi_id
            and components.month_start = kpi_values.month_start
            and components.segment_dimension = kpi_values.segment_dimension
            and components.segment_value = kpi_values.segment_value
)

select *
from figures
where
    {{ differs('value', 'expected_value') }}
    and coalesce(unit != 'currency' or abs(value - expected_value) > 0.0001, true)
