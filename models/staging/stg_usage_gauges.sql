with checked as (
    select * from {{ ref('checked_usage_gauges') }}
),

final as (
    select
        account_id,
        measured_on,
        measure,
        value,
        recorded_at
    from checked
    where row_status = 'accepted'
)

select * from final
