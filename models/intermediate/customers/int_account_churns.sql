-- Churns of a month, on any day of it. An account that left twice has the cause of its last churn.
with churns as (
    select * from {{ ref('int_account_mrr_movements') }}
    where movement_type = 'churn'
),

ranked_churns as (
    select
        *,
        min(movement_date) over (partition by account_id, month_start) as first_churned_on,
        row_number() over (partition by account_id, month_start order by movement_date desc) as place_from_end
    from churns
),

final as (
    select
        account_id,
        month_start,
        first_churned_on,
        movement_date as last_churned_on,
        is_involuntary
    from ranked_churns
    where place_from_end = 1
)

select * from final
