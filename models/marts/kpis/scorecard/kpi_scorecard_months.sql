with kpi_values as (
    select * from {{ ref('int_kpi_month_values') }}
),

kpis as (
    select * from {{ ref('dim_kpis') }}
),

targets as (
    select * from {{ ref('fct_kpi_targets') }}
),

last_month as (
    select max(month_start) as month_start from {{ ref('dim_months') }}
),

numbered as (
    select
        *,
        12 * extract(year from month_start) + extract(month from month_start) as month_number
    from kpi_values
),

-- By the calendar: the row before is another month where a month is missing.
compared as (
    select
        *,
        max(value) over (
            partition by kpi_id, segment_dimension, segment_value order by month_number
            range between 1 preceding and 1 preceding
        ) as previous_value,
        max(value) over (
            partition by kpi_id, segment_dimension, segment_value order by month_number
            range between 12 preceding and 12 preceding
        ) as year_ago_value
    from numbered
),

-- A month ahead, such as that of a contract due, has no result yet. What is a team's takes no target per person.
targeted as (
    select
        compared.*,
        kpis.direction,
        targets.target_value,
        targets.warning_value,
        coalesce(compared.month_start <= last_month.month_start, true) as is_judged
    from compared
    inner join kpis on compared.kpi_id = kpis.kpi_id
    cross join last_month
    left join targets
        on
            compared.kpi_id = targets.kpi_id
            and compared.segment_dimension = targets.segment_dimension
            and compared.segment_value = targets.segment_value
            and compared.month_start >= targets.effective_month
            and (compared.month_start < targets.next_effective_month or targets.next_effective_month is null)
            and not (kpis.is_team_kpi and targets.segment_dimension = 'csm')
    where
        (compared.month_start >= {{ month_start('kpis.active_from') }} or kpis.active_from is null)
        and (compared.month_start <= kpis.active_to or kpis.active_to is null)
),

final as (
    select
        kpi_id,
        month_start,
        segment_dimension,
        segment_value,
        value,
        previous_value,
        year_ago_value,
        target_value,
        {{ target_columns() }}
    from targeted
)

select * from final
