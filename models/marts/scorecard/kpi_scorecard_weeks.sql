with kpi_values as (
    select * from {{ ref('int_kpi_week_values') }}
),

weeks as (
    select * from {{ ref('dim_weeks') }}
),

kpis as (
    select * from {{ ref('dim_kpis') }}
),

targets as (
    select * from {{ ref('fct_kpi_targets') }}
    where segment_dimension = 'all'
),

compared as (
    select
        *,
        lag(value) over (partition by kpi_id order by week_start) as previous_value
    from kpi_values
),

-- Targets are set for months: they apply to levels and rates of a week, not to totals of the week.
targeted as (
    select
        compared.*,
        weeks.closes_on,
        weeks.is_complete,
        kpis.direction,
        targets.target_value,
        {{ required_columns('weeks.month_start') }},
        true as is_judged
    from compared
    inner join weeks on compared.week_start = weeks.week_start
    inner join kpis on compared.kpi_id = kpis.kpi_id
    left join targets
        on
            compared.kpi_id = targets.kpi_id
            and not compared.is_total
            and weeks.month_start >= targets.effective_month
            and (weeks.month_start < targets.next_effective_month or targets.next_effective_month is null)
    where
        (weeks.closes_on >= kpis.active_from or kpis.active_from is null)
        and (compared.week_start <= kpis.active_to or kpis.active_to is null)
),

final as (
    select
        kpi_id,
        value,
        previous_value,
        target_value,
        {{ target_columns() }},
        is_total,
        is_complete,
        week_start,
        closes_on
    from targeted
)

select * from final
