with base as (
    select * from {{ ref('base_kpi_targets') }}
),

final as (
    select
        kpi_id,
        segment_dimension,
        segment_value,
        effective_month,
        target_value,
        warning_value,
        due_month,
        baseline_value,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
