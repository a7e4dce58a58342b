-- A goal runs from the month it is set to the month it is achieved; where it is due later, it is counted there once more.
with goals as (
    select * from {{ ref('fct_customer_goals') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

staged as (
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

spread as (
    select
        *,
        {{ each_month(
            'set_month', 'greatest(coalesce(achieved_month, as_of_month), coalesce(due_month, set_month))'
        ) }} as month_start
    from staged
),

final as (
    select
        spread.goal_id,
        {{ customer_segments() }},
        case
            when spread.month_start = spread.achieved_month and spread.cost_amount is not null
                then spread.value_amount
        end as value_amount,
        case
            when spread.month_start = spread.achieved_month and spread.value_amount is not null
                then spread.cost_amount
        end as cost_amount,
        spread.month_start = spread.set_month as is_set,
        coalesce(spread.month_start = spread.due_month, false) as is_due,
        coalesce(spread.month_start = spread.due_month and spread.is_achieved_in_time, false)
            as is_achieved_in_time,
        coalesce(spread.month_start = spread.achieved_month, false) as is_achieved,
        coalesce(spread.month_start < spread.achieved_month, true) as is_open_at_close,
        coalesce(account_months.closing_mrr > 0, false)
        and coalesce(spread.month_start <= spread.achieved_month, true) as is_of_customer,
        spread.month_start
    from spread
    {{ join_customer_segments('spread') }}
)

select * from final
