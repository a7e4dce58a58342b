with checked as (
    select * from {{ ref('checked_fx_rates') }}
),

final as (
    select
        rate_date,
        currency,
        rate_to_reporting,
        recorded_at
    from checked
    where row_status = 'accepted'
)

select * from final
