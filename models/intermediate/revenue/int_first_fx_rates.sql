{{ config(materialized='view') }}

-- From accepted rows of the base model, like the as-of date, which needs it.
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
