{{ config(materialized='view') }}

-- Reads base because the as-of date depends on it.
with rates as (
    select * from {{ ref('base_fx_rates') }}
    where row_status = 'accepted'
),

final as (
    select
        currency,
        min(rate_date) as first_rate_date
    from rates
    group by currency
)

select * from final
