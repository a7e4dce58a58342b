with goal_months as (
    select * from {{ ref('fct_customer_goal_months') }}
),

goals as (
    select
        month_start,
        {{ segment_columns() }},
        count(distinct case when is_of_customer then account_id end) as accounts_with_goal,
        {{ count_where('is_set') }} as goals_set,
        {{ count_where('is_open_at_close') }} as goals_open,
        {{ count_where('is_due') }} as goals_due,
        {{ count_where('is_achieved_in_time') }} as goals_achieved,
        {{ count_where('is_achieved') }} as goals_achieved_in_month,
        sum(value_amount) as customer_value,
        sum(cost_amount) as customer_cost
    from goal_months
    {{ group_by_segments(['month_start']) }}
),

customers as (
    {{ customer_counts() }}
),

final as (
    select
        goals.month_start,
        goals.segment_dimension,
        goals.segment_value,
        cast(goals.accounts_with_goal as bigint) as accounts_with_goal,
        customers.customers,
        {{ rate('goals.accounts_with_goal', 'customers.customers') }} as goal_coverage_rate,
        goals.goals_set,
        goals.goals_open,
        goals.goals_due,
        goals.goals_achieved,
        goals.goals_achieved_in_month,
        {{ rate('goals.goals_achieved', 'goals.goals_due') }} as goal_achievement_rate,
        -- Without an achievement nothing was gained; of achievements without an amount the value is unknown.
        {%- for amount in ['customer_value', 'customer_cost'] %}
        cast(
            case when goals.goals_achieved_in_month = 0 then 0 else goals.{{ amount }} end as decimal(18, 4)
        ) as {{ amount }},
        {%- endfor %}
        cast(
            case when goals.goals_achieved_in_month = 0 then 0 else goals.customer_value - goals.customer_cost end
            as decimal(18, 4)
        ) as customer_net_value,
        {{ rate('goals.customer_value - goals.customer_cost', 'goals.customer_cost') }} as customer_roi
    from goals
    left join customers
        on
            goals.month_start = customers.month_start
            and goals.segment_dimension = customers.segment_dimension
            and goals.segment_value = customers.segment_value
)

select * from final
