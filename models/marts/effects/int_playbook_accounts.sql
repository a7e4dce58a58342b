-- Treated: an action was due at a month-end and done in the days after it, from the day of the touch. Controls had it due
-- too and were not touched: they count the days of the treated in turn from one of their month-ends, so that both are
-- customers on their index day, and both are followed from it.
with activities as (
    select * from {{ ref('int_cs_activities') }}
    where initiated_by = 'company' and not is_no_show
),

action_activities as (
    select * from {{ ref('action_activities') }}
),

seen_actions as (
    select distinct action_id from action_activities
),

success_settings as (
    select cast(setting_value as bigint) as playbook_days
    from {{ ref('success_settings') }}
    where setting_id = 'playbook_days'
),

-- An action that cannot be seen in activities has no treated accounts.
due_actions as (
    select
        scores.next_best_action,
        scores.account_id,
        scores.health_band,
        scores.as_of_date,
        {{ add_days('scores.as_of_date', 'success_settings.playbook_days') }} as follow_until
    from {{ ref('account_health_scores') }} as scores
    cross join success_settings
    cross join {{ ref('int_settings') }} as settings
    inner join seen_actions on scores.next_best_action = seen_actions.action_id
    where {{ add_days('scores.as_of_date', 'success_settings.playbook_days') }} <= settings.as_of_date
),

-- Split by month, so that each month-end joins only the activities around it.
due_months as (
    select
        *,
        {{ each_month(month_start('as_of_date'), month_start('follow_until')) }} as month_start
    from due_actions
),

touches as (
    select
        due_months.next_best_action,
        due_months.account_id,
        due_months.as_of_date,
        min(activities.occurred_on) as touched_on
    from due_months
    inner join activities
        on
            due_months.account_id = activities.account_id
            and due_months.month_start = activities.month_start
            and due_months.as_of_date < activities.occurred_on
            and due_months.follow_until >= activities.occurred_on
    inner join action_activities
        on
            due_months.next_best_action = action_activities.action_id
            and activities.activity_type = action_activities.activity_type
    group by due_months.next_best_action, due_months.account_id, due_months.as_of_date
),

due_dates as (
    select
        due_actions.next_best_action,
        due_actions.account_id,
        due_actions.health_band,
        due_actions.as_of_date,
        touches.touched_on,
        count(touches.touched_on) over (
            partition by due_actions.next_best_action, due_actions.account_id
        ) > 0 as is_treated,
        count(*) over (partition by due_actions.next_best_action, due_actions.account_id) as dates,
        row_number() over (
            partition by due_actions.next_best_action, due_actions.account_id
            order by touches.touched_on asc nulls last, due_actions.as_of_date asc
        ) as date_number,
        dense_rank() over (partition by due_actions.next_best_action order by due_actions.account_id) as account_number
    from due_actions
    left join touches
        on
            due_actions.next_best_action = touches.next_best_action
            and due_actions.account_id = touches.account_id
            and due_actions.as_of_date = touches.as_of_date
),

treated as (
    select
        *,
        {{ dbt.datediff('as_of_date', 'touched_on', 'day') }} as days_until_touch,
        row_number() over (partition by next_best_action order by touched_on, account_id) as place,
        count(*) over (partition by next_best_action) as places
    from due_dates
    where is_treated and date_number = 1
),

-- An account is a control once, on another of its dates than the account before it.
controls as (
    select * from due_dates
    where not is_treated and date_number = mod(account_number - 1, dates) + 1
),

index_days as (
    select
        next_best_action,
        account_id,
        health_band as situation,
        true as is_treated,
        touched_on as index_on
    from treated
    union all
    select
        controls.next_best_action,
        controls.account_id,
        controls.health_band as situation,
        false as is_treated,
        {{ add_days('controls.as_of_date', 'treated.days_until_touch') }} as index_on
    from controls
    inner join treated
        on
            controls.next_best_action = treated.next_best_action
            and mod(controls.account_number - 1, treated.places) + 1 = treated.place
),

final as (
    {{ effect_accounts('index_days', 'next_best_action') }}
)

select * from final
