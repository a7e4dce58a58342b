with checked as (
    select * from {{ ref('checked_kpi_targets') }}
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
    from checked
    where row_status = 'accepted'
)

select * from final
