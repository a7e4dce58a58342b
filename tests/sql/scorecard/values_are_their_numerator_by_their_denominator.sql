-- Every value of the scorecard is factor × numerator ÷ denominator; amounts of money are rounded to four decimals. Rates
-- of renewal wait for open contracts, and one by reason for stated reasons: they may be NULL.
{%- set may_wait = ['cs_controllable_churn_rate', 'renewal_rate', 'mrr_renewal_rate', 'gross_mrr_renewal_rate'] %}
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
    and not (value is null and kpi_id in ('{{ may_wait | join("', '") }}'))
