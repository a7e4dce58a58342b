with targets as (
    select * from {{ ref('stg_kpi_targets') }}
),

-- Of two targets that begin in the same month, the later one holds.
ranked as (
    select
        *,
        {{ month_start('effective_month') }} as first_month,
        row_number() over (
            partition by kpi_id, segment_dimension, segment_value, {{ month_start('effective_month') }}
            order by effective_month desc
        ) as place
    from targets
),

final as (
    select
        kpi_id,
        segment_dimension,
        segment_value,
        cast(target_value as double) as target_value,
        cast(warning_value as double) as warning_value,
        cast(baseline_value as double) as baseline_value,
        first_month as effective_month,
        lead(first_month) over (
            partition by kpi_id, segment_dimension, segment_value order by first_month
        ) as next_effective_month,
        due_month
    from ranked
    where place = 1
)

select * from final
