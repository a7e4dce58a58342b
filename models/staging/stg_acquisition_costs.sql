with checked as (
    select * from {{ ref('checked_acquisition_costs') }}
),

final as (
    select
        month,
        channel,
        cost,
        currency,
        recorded_at
    from checked
    where row_status = 'accepted'
)

select * from final
