with base as (
    select * from {{ ref('base_usage_gauges') }}
),

final as (
    select
        account_id,
        measured_on,
        measure,
        value,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
