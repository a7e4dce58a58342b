with kpi_values as (
    select * from {{ ref('int_kpi_month_values') }}
),

kpis as (
    select * from {{ ref('dim_kpis') }}
),

-- A KPI of a team has no target per manager.
targets as (
    select targets.*
    from {{ ref('fct_kpi_targets') }} as targets
    inner join kpis on targets.kpi_id = kpis.kpi_id
    where not (kpis.is_team_kpi and targets.segment_dimension = 'csm')
),

reported_values as (
    select * from {{ ref('int_kpi_reported_values') }}
),

open_months as (
    select * from {{ ref('int_kpi_open_months') }}
),

last_month as (
    select max(month_start) as month_start from {{ ref('dim_months') }}
),

-- A future month, such as that of a contract due, has no status yet.
targeted as (
    select
        kpi_values.*,
        reported_values.first_reported_value,
        kpis.direction,
        targets.target_value,
        {{ required_columns('kpi_values.month_start') }},
        coalesce(kpi_values.month_start <= last_month.month_start, true) as is_judged,
        open_months.kpi_id is not null as is_open
    from kpi_values
    inner join kpis on kpi_values.kpi_id = kpis.kpi_id
    cross join last_month
    left join reported_values
        on
            kpi_values.kpi_id = reported_values.kpi_id
            and kpi_values.month_start = reported_values.month_start
            and kpi_values.segment_dimension = reported_values.segment_dimension
            and kpi_values.segment_value = reported_values.segment_value
    left join open_months
        on
            kpi_values.kpi_id = open_months.kpi_id
            and kpi_values.month_start = open_months.month_start
            and kpi_values.segment_dimension = open_months.segment_dimension
            and kpi_values.segment_value = open_months.segment_value
    left join targets
        on
            kpi_values.kpi_id = targets.kpi_id
            and kpi_values.segment_dimension = targets.segment_dimension
            and kpi_values.segment_value = targets.segment_value
            and kpi_values.month_start >= targets.effective_month
            and kpi_values.month_start < {{ or_never('targets.next_effective_month') }}
    where
        (kpi_values.month_start >= {{ month_start('kpis.active_from') }} or kpis.active_from is null)
        and (kpi_values.month_start <= kpis.active_to or kpis.active_to is null)
),

judged as (
    select
        kpi_id,
        month_start,
        segment_dimension,
        segment_value,
        value,
        previous_value,
        year_ago_value,
        first_reported_value,
        target_value,
        required_value,
        {{ target_columns(not_yet='is_open') }}
    from targeted
),

final as (
    select
        *,
        case when status in ('green', 'yellow', 'red') then status = 'green' end as is_on_course
    from judged
)

select * from final
