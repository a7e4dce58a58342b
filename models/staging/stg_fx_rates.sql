with base as (
    select * from {{ ref('base_fx_rates') }}
),

final as (
    select
        rate_date,
        currency,
        rate_to_reporting,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
