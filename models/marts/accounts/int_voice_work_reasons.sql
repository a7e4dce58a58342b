-- Reasons to act in what customers said and wait for: NPS answers, escalated tickets, goals and tasks.
with today as (
    select as_of_date from {{ ref('int_settings') }}
),

tickets as (
    select
        account_id,
        count(*) as tickets,
        min(opened_on) as oldest_on,
        max(opened_on) as arose_on
    from {{ ref('fct_support_tickets') }}
    where is_escalated and resolved_on is null and account_id is not null
    group by account_id
),

answers as (
    select
        account_id,
        response_class,
        score,
        responded_on,
        row_number() over (partition by account_id order by responded_at desc, response_id desc) as place
    from {{ ref('int_survey_responses') }}
    where survey_kind = 'nps' and account_id is not null
),

candidates as (
    select candidates.*
    from {{ ref('int_referral_candidates') }} as candidates
    inner join today on candidates.as_of_date = today.as_of_date
    where candidates.is_referral_candidate
),

goals as (
    select
        goals.account_id,
        count(*) as goals,
        min(goals.due_on) as oldest_on,
        {{ add_days('max(goals.due_on)', 1) }} as arose_on
    from {{ ref('fct_customer_goals') }} as goals
    cross join today
    where not goals.is_achieved and goals.due_on < today.as_of_date
    group by goals.account_id
),

tasks as (
    select
        account_id,
        count(*) as tasks,
        min(due_on) as oldest_on,
        {{ add_days('max(due_on)', 1) }} as arose_on
    from {{ ref('fct_success_plan_tasks') }}
    where is_overdue
    group by account_id
),

reasons as (
    select
        tickets.account_id,
        'ticket_escalated' as reason,
        tickets.arose_on,
        cast(tickets.tickets as string) as value_1,
        cast({{ dbt.datediff('tickets.oldest_on', 'today.as_of_date', 'day') }} as string) as value_2
    from tickets
    cross join today
    union all
    select
        account_id,
        'detractor' as reason,
        responded_on as arose_on,
        cast(cast(score as integer) as string) as value_1,
        cast(responded_on as string) as value_2
    from answers
    where place = 1 and response_class = 'detractor'
    union all
    select
        account_id,
        'promoter' as reason,
        latest_nps_on as arose_on,
        cast(cast(latest_nps_score as integer) as string) as value_1,
        cast(latest_nps_on as string) as value_2
    from candidates
    union all
    select
        goals.account_id,
        'goal_overdue' as reason,
        goals.arose_on,
        cast(goals.goals as string) as value_1,
        cast({{ dbt.datediff('goals.oldest_on', 'today.as_of_date', 'day') }} as string) as value_2
    from goals
    cross join today
    union all
    select
        tasks.account_id,
        'task_overdue' as reason,
        tasks.arose_on,
        cast(tasks.tasks as string) as value_1,
        cast({{ dbt.datediff('tasks.oldest_on', 'today.as_of_date', 'day') }} as string) as value_2
    from tasks
    cross join today
)

select * from reasons
