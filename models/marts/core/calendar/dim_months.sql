{{ config(materialized='view') }}

with months as (
    select * from {{ ref('int_months') }}
),

final as (
    select
        closes_on = {{ month_end('month_start') }} as is_complete,
        month_start,
        closes_on,
        {{ fiscal_start('month_start', 3) }} as quarter_start,
        {{ fiscal_start('month_start', 12) }} as year_start,
        month_number
    from months
)

select * from final
