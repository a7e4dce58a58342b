-- The sheet for a review with the customer: where it stands, what it wanted, what it got for its money, what comes next.
with accounts as (
    select * from {{ ref('account_360') }}
),

goals as (
    select * from {{ ref('fct_customer_goals') }}
),

tasks as (
    select * from {{ ref('fct_success_plan_tasks') }}
),

supplied_inputs as (
    select * from {{ ref('int_supplied_inputs') }}
),

-- Value and cost count for goals of which both are known, as in kpi_success_months.
goal_figures as (
    select
        account_id,
        count(*) as goals,
        {{ count_where('is_achieved') }} as goals_achieved,
        {{ count_where('not is_achieved') }} as goals_open,
        {{ count_where('not is_achieved and is_past_due_date') }} as goals_overdue,
        sum(case when is_achieved and value_amount is not null and cost_amount is not null then value_amount end)
            as achieved_value,
        sum(case when is_achieved and value_amount is not null and cost_amount is not null then cost_amount end)
            as achieved_cost,
        sum(case when not is_achieved then value_amount end) as expected_value,
        min(case when not is_achieved then due_on end) as next_goal_due_on
    from goals
    where account_id is not null
    group by account_id
),

task_figures as (
    select
        account_id,
        count(*) as tasks,
        {{ count_where('is_completed') }} as tasks_completed,
        {{ count_where('is_overdue') }} as tasks_overdue,
        {{ count_where('is_overdue and is_customer_task') }} as customer_tasks_overdue
    from tasks
    group by account_id
),

-- Of open tasks the one that is due first; those without a date come last.
open_tasks as (
    select
        account_id,
        milestone,
        title,
        due_on,
        row_number() over (partition by account_id order by due_on asc nulls last, task_id asc) as place
    from tasks
    where not is_completed
),

final as (
    select
        accounts.account_id,
        accounts.account_name,
        accounts.csm_id,
        accounts.cs_team,
        accounts.health_band,
        accounts.main_reason_label_en,
        accounts.main_reason_label_ja,
        open_tasks.milestone as next_milestone,
        open_tasks.title as next_task,
        accounts.mrr,
        accounts.realised_ltv,
        cast(goal_figures.achieved_value as decimal(18, 4)) as achieved_value,
        cast(goal_figures.achieved_cost as decimal(18, 4)) as achieved_cost,
        cast(goal_figures.expected_value as decimal(18, 4)) as expected_value,
        {{ rate('goal_figures.achieved_value - goal_figures.achieved_cost', 'goal_figures.achieved_cost') }} as customer_roi,
        accounts.score,
        accounts.score_change_30d,
        accounts.latest_nps,
        accounts.open_tickets,
        {%- for column in ['goals', 'goals_achieved', 'goals_open', 'goals_overdue'] %}
        case when supplied_inputs.has_customer_goals then cast(coalesce(goal_figures.{{ column }}, 0) as bigint) end
            as {{ column }},
        {%- endfor %}
        accounts.goal_achievement_rate,
        {%- for column in ['tasks', 'tasks_completed', 'tasks_overdue', 'customer_tasks_overdue'] %}
        case when supplied_inputs.has_success_plan_tasks then cast(coalesce(task_figures.{{ column }}, 0) as bigint) end
            as {{ column }},
        {%- endfor %}
        accounts.as_of_date,
        accounts.first_mrr_date,
        accounts.renewal_date,
        goal_figures.next_goal_due_on,
        open_tasks.due_on as next_task_due_on,
        accounts.last_touched_on
    from accounts
    cross join supplied_inputs
    left join goal_figures on accounts.account_id = goal_figures.account_id
    left join task_figures on accounts.account_id = task_figures.account_id
    left join open_tasks on accounts.account_id = open_tasks.account_id and open_tasks.place = 1
)

select * from final
