with base as (
    select * from {{ ref('base_customer_goals') }}
),

final as (
    select
        goal_id,
        account_id,
        title,
        baseline_value,
        target_value,
        achieved_value,
        set_at,
        due_at,
        achieved_at,
        value_amount,
        cost_amount,
        currency,
        recorded_at
    from base
    where row_status = 'accepted'
)

select * from final
