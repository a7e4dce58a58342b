with kpis as (
    select * from {{ ref('dim_kpis') }}
    where numerator_over_time != 'none'
),

components as (
    select * from {{ ref('int_kpi_month_components') }}
),

periods as (
    select * from {{ ref('int_fiscal_period_months') }}
),

period_lengths as (
    select
        'quarter' as period,
        3 as months
    union all
    select
        'year' as period,
        12 as months
    union all
    select
        'year_to_date' as period,
        cast(null as bigint) as months
),

-- A figure that looks back on some months is that of periods which are not longer, once they are over.
month_components as (
    select
        kpis.kpi_id,
        components.segment_dimension,
        components.segment_value,
        periods.period,
        periods.period_start,
        periods.is_complete,
        kpis.factor,
        kpis.denominator_column is null as is_amount,
        kpis.numerator_over_time,
        kpis.denominator_over_time,
        case when kpis.denominator_column is null or components.denominator is not null then components.numerator end
            as numerator,
        case when components.numerator is not null then components.denominator end as denominator,
        components.month_start = periods.first_month as is_first,
        components.month_start = periods.last_month
        and (kpis.window_months is null or periods.last_month = periods.end_month) as is_last
    from components
    inner join kpis on components.kpi_id = kpis.kpi_id
    inner join periods on components.month_start = periods.month_start
    inner join period_lengths on periods.period = period_lengths.period
    where kpis.window_months is null or kpis.window_months >= period_lengths.months
),

summed as (
    select
        kpi_id,
        segment_dimension,
        segment_value,
        period,
        period_start,
        is_complete,
        factor,
        is_amount,
        {%- for side in ['numerator', 'denominator'] %}
        case {{ side }}_over_time
            when 'sum' then round(sum({{ side }}), 6)
            when 'first' then max(case when is_first then {{ side }} end)
            when 'last' then max(case when is_last then {{ side }} end)
        end as {{ side }}{{ ',' if not loop.last }}
        {%- endfor %}
    from month_components
    group by
        kpi_id, segment_dimension, segment_value, period, period_start, is_complete, factor, is_amount,
        numerator_over_time, denominator_over_time
),

final as (
    select
        kpi_id,
        segment_dimension,
        segment_value,
        period,
        period_start,
        is_complete,
        numerator,
        denominator,
        case when is_amount then factor * numerator else factor * numerator / nullif(denominator, 0) end as value
    from summed
)

select * from final
