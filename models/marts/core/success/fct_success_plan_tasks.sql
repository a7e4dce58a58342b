with tasks as (
    select * from {{ ref('stg_success_plan_tasks') }}
),

accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

-- A completion after the as-of date is not known yet.
task_days as (
    select
        tasks.*,
        accounts.customer_account_id,
        settings.as_of_date,
        {{ local_date('tasks.completed_at', 'settings.reporting_timezone') }} as completion_day
    from tasks
    cross join settings
    inner join accounts on tasks.account_id = accounts.account_id
),

-- Rows of test accounts are left out. A task is overdue from the day after it is due.
final as (
    select
        task_days.task_id,
        task_days.customer_account_id as account_id,
        task_days.goal_id,
        task_days.milestone,
        task_days.title,
        task_days.owner_id,
        task_days.is_customer_task,
        coalesce(task_days.completion_day <= task_days.as_of_date, false) as is_completed,
        coalesce(
            task_days.due_on < task_days.as_of_date
            and (task_days.completion_day is null or task_days.completion_day > task_days.as_of_date),
            false
        ) as is_overdue,
        case
            when task_days.due_on is not null and task_days.completion_day <= task_days.as_of_date
                then task_days.completion_day <= task_days.due_on
        end as is_completed_in_time,
        case when task_days.completion_day <= task_days.as_of_date then task_days.completed_at end as completed_at,
        task_days.due_on,
        case when task_days.completion_day <= task_days.as_of_date then task_days.completion_day end as completed_on
    from task_days
)

select * from final
