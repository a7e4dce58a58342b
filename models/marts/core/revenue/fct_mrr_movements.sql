{{ config(materialized='view') }}

with movements as (
    select * from {{ ref('int_account_mrr_movements') }}
),

account_months as (
    select * from {{ ref('int_account_months') }}
),

segments as (
    select * from {{ ref('int_customer_segments') }}
),

final as (
    select
        movements.movement_id,
        movements.account_id,
        movements.movement_type,
        {{ month_segments() }},
        movements.mrr_before,
        movements.mrr_after,
        movements.mrr_change,
        movements.days_lapsed,
        movements.is_pause,
        movements.is_free_period,
        movements.is_involuntary,
        movements.movement_date,
        movements.month_start
    from movements
    inner join account_months
        on
            movements.account_id = account_months.account_id
            and movements.month_start = account_months.month_start
    inner join segments on movements.account_id = segments.account_id
)

select * from final
