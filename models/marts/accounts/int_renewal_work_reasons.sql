-- Renewals whose deadline is near and that the customer has not agreed to.
with today as (
    select as_of_date from {{ ref('int_settings') }}
),

states as (
    select states.*
    from {{ ref('int_account_states') }} as states
    inner join today on states.as_of_date = today.as_of_date
),

statuses as (
    select * from {{ ref('int_account_statuses') }}
),

stages as (
    select * from {{ ref('renewal_stages') }}
),

steps as (
    select * from {{ ref('work_steps') }}
    where reason = 'notice_deadline'
),

-- The last day to give notice, else the last of the term; the shorter terms of monthly payers have no deadline.
deadlines as (
    select
        states.account_id,
        states.as_of_date,
        coalesce(
            statuses.notice_due_on,
            statuses.renewal_date,
            {{ add_days('states.as_of_date', 'cast(states.days_to_term_end as integer)') }}
        ) as deadline_on,
        stages.label_en,
        stages.label_ja
    from states
    left join statuses on states.account_id = statuses.account_id
    left join stages on coalesce(statuses.renewal_stage, 'unknown') = stages.renewal_stage
    where states.has_term and not coalesce(stages.is_agreed, false)
),

-- A deadline becomes worse at each step that it passes.
near_deadlines as (
    select
        deadlines.account_id,
        deadlines.deadline_on,
        deadlines.as_of_date,
        deadlines.label_en,
        deadlines.label_ja,
        min(steps.days) as step_days
    from deadlines
    inner join steps on deadlines.deadline_on <= {{ add_days('deadlines.as_of_date', 'steps.days') }}
    where deadlines.deadline_on >= deadlines.as_of_date
    group by deadlines.account_id, deadlines.deadline_on, deadlines.as_of_date, deadlines.label_en, deadlines.label_ja
)

select
    account_id,
    'notice_deadline' as reason,
    {{ add_days('deadline_on', '-step_days') }} as arose_on,
    deadline_on,
    cast(deadline_on as string) as value_1,
    cast({{ dbt.datediff('as_of_date', 'deadline_on', 'day') }} as string) as value_2,
    label_en,
    label_ja
from near_deadlines
