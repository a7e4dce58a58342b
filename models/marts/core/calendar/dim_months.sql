{{ config(materialized='view') }}

with months as (
    select * from {{ ref('int_months') }}
),

final as (
    select
        closes_on = {{ month_end('month_start') }} as is_complete,
        month_start,
        closes_on,
        month_number
    from months
)

select * from final
