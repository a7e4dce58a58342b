-- A goal has a row for each month from when it is set until it is achieved, and for the month in which it is due.
with goals as (
    select * from {{ ref('fct_customer_goals') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

goal_stages as (
    select
        goals.goal_id,
        goals.account_id,
        goals.value_amount,
        goals.cost_amount,
        goals.is_achieved_in_time,
        goals.month_start as set_month,
        {{ month_start('goals.achieved_on') }} as achieved_month,
        case when goals.is_past_due_date then greatest({{ month_start('goals.due_on') }}, goals.month_start) end
            as due_month,
        {{ month_start('settings.as_of_date') }} as as_of_month
    from goals
    cross join settings
),

goal_months as (
    select
        *,
        {{ each_month(
            'set_month', 'greatest(coalesce(achieved_month, as_of_month), coalesce(due_month, set_month))'
        ) }} as month_start
    from goal_stages
),

final as (
    select
        goal_months.goal_id,
        {{ customer_segments() }},
        case
            when goal_months.month_start = goal_months.achieved_month and goal_months.cost_amount is not null
                then goal_months.value_amount
        end as value_amount,
        case
            when goal_months.month_start = goal_months.achieved_month and goal_months.value_amount is not null
                then goal_months.cost_amount
        end as cost_amount,
        goal_months.month_start = goal_months.set_month as is_set,
        coalesce(goal_months.month_start = goal_months.due_month, false) as is_due,
        coalesce(goal_months.month_start = goal_months.due_month and goal_months.is_achieved_in_time, false)
            as is_achieved_in_time,
        coalesce(goal_months.month_start = goal_months.achieved_month, false) as is_achieved,
        coalesce(goal_months.month_start < goal_months.achieved_month, true) as is_open_at_close,
        coalesce(account_months.closing_mrr > 0, false)
        and coalesce(goal_months.month_start <= goal_months.achieved_month, true) as is_of_customer,
        goal_months.month_start
    from goal_months
    {{ join_customer_segments('goal_months') }}
)

select * from final
