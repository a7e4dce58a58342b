with base as (
    select * from {{ ref('base_acquisition_costs') }}
),

final as (
    select
        month,
        channel,
        cost,
        currency,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
