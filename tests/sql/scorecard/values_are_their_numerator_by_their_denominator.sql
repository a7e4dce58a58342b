-- Every value of the scorecard is factor × numerator ÷ denominator; amounts of money are rounded to four decimals. It may
-- be NULL only where the seed kpi_components says what it waits for.
with kpis as (
    select
        dim_kpis.*,
        components.null_until
    from {{ ref('dim_kpis') }} as dim_kpis
    left join {{ ref('kpi_components') }} as components on dim_kpis.kpi_id = components.kpi_id
),

figures as (
    select
        components.kpi_id,
        components.month_start,
        components.segment_dimension,
        components.segment_value,
        kpi_values.value,
        kpis.unit,
        kpis.null_until,
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
    and not (value is null and null_until is not null)
