{#- Numerator and denominator of the KPIs that have drivers of change, in a month and in the one that it is compared with, as
    CTEs that end in `compared`. -#}
{% macro compared_months() -%}
kpis as (
    select * from {{ ref('dim_kpis') }}
    where adds_over_segments = 'sum' and ({{ has_change_drivers() }})
),

components as (
    select
        components.kpi_id,
        components.month_start,
        components.segment_dimension,
        components.segment_value,
        kpis.factor * components.numerator as numerator,
        case when kpis.denominator_column is null then 1 else components.denominator end as denominator,
        kpis.denominator_column is null as is_amount,
        kpis.unit = 'currency' as is_money
    from {{ ref('int_kpi_month_components') }} as components
    inner join kpis on components.kpi_id = kpis.kpi_id
),

comparisons as (
    select
        'month' as comparison,
        1 as months
    union all
    select
        'year' as comparison,
        12 as months
),

last_month as (
    select max(month_start) as month_start from {{ ref('dim_months') }}
),

-- A segment that one side lacks is 0 there.
sides as (
    select
        components.kpi_id,
        components.month_start,
        comparisons.comparison,
        components.segment_dimension,
        components.segment_value,
        components.is_amount,
        components.is_money,
        components.numerator as numerator_now,
        components.denominator as denominator_now,
        cast(null as double) as numerator_then,
        cast(null as double) as denominator_then
    from components
    cross join comparisons
    union all
    select
        components.kpi_id,
        {{ add_months('components.month_start', 'comparisons.months') }} as month_start,
        comparisons.comparison,
        components.segment_dimension,
        components.segment_value,
        components.is_amount,
        components.is_money,
        cast(null as double) as numerator_now,
        cast(null as double) as denominator_now,
        components.numerator as numerator_then,
        components.denominator as denominator_then
    from components
    cross join comparisons
),

compared as (
    select
        sides.kpi_id,
        sides.month_start,
        sides.comparison,
        sides.segment_dimension,
        sides.segment_value,
        sides.is_amount,
        sides.is_money,
        max(sides.numerator_now) as numerator_now,
        max(sides.denominator_now) as denominator_now,
        max(sides.numerator_then) as numerator_then,
        max(sides.denominator_then) as denominator_then
    from sides
    inner join last_month on sides.month_start <= last_month.month_start
    group by
        sides.kpi_id, sides.month_start, sides.comparison, sides.segment_dimension, sides.segment_value,
        sides.is_amount, sides.is_money
)
{%- endmacro %}
