-- A step that asks for one occurrence is reached with its first. Of others, the day with the required occurrences is found
-- first, because there are far fewer days than events; the day's events are read only where its first one is not enough.
-- A step that was begun and not reached has reached_at NULL.
with steps as (
    select
        *,
        min_occurrences <= 1 and coalesce(min_active_days, 1) <= 1 as is_reached_at_once
    from {{ ref('onboarding_steps') }}
),

event_days as (
    select * from {{ ref('int_onboarding_event_days') }}
),

-- A step has one kind of source, so that no day is in both.
days as (
    select
        account_id,
        step_key,
        activity_date,
        first_occurred_at,
        occurrences
    from event_days
    union all
    select
        account_id,
        step_key,
        activity_date,
        min(occurred_at) as first_occurred_at,
        sum(occurrences) as occurrences
    from {{ ref('int_onboarding_occurrences') }}
    where source_kind in ('activity', 'gauge')
    group by account_id, step_key, activity_date
),

first_occurrences as (
    select
        account_id,
        step_key,
        min(first_occurred_at) as first_occurred_at
    from days
    group by account_id, step_key
),

running_days as (
    select
        account_id,
        step_key,
        activity_date,
        first_occurred_at,
        sum(occurrences) over (
            partition by account_id, step_key order by activity_date
            rows between unbounded preceding and current row
        ) as occurrences_so_far,
        sum(occurrences) over (
            partition by account_id, step_key order by activity_date
            rows between unbounded preceding and current row
        ) - occurrences as occurrences_before,
        row_number() over (partition by account_id, step_key order by activity_date) as days_so_far
    from days
    where
        step_key in (
            select steps.step_key from steps
            where not steps.is_reached_at_once
        )
),

reached_days as (
    select
        running_days.account_id,
        running_days.step_key,
        min(running_days.activity_date) as activity_date,
        min(running_days.first_occurred_at) as first_occurred_at,
        min(running_days.occurrences_before) as occurrences_before,
        min(steps.min_occurrences) as min_occurrences
    from running_days
    inner join steps on running_days.step_key = steps.step_key
    where
        running_days.occurrences_so_far >= steps.min_occurrences
        and running_days.days_so_far >= coalesce(steps.min_active_days, 1)
    group by running_days.account_id, running_days.step_key
),

day_occurrences as (
    select
        occurrences.account_id,
        occurrences.step_key,
        occurrences.occurred_at,
        reached_days.min_occurrences,
        reached_days.occurrences_before + sum(occurrences.occurrences) over (
            partition by occurrences.account_id, occurrences.step_key order by occurrences.occurred_at
            rows between unbounded preceding and current row
        ) as occurrences_so_far
    from {{ ref('int_onboarding_occurrences') }} as occurrences
    inner join reached_days
        on
            occurrences.account_id = reached_days.account_id
            and occurrences.step_key = reached_days.step_key
            and occurrences.activity_date = reached_days.activity_date
    where reached_days.occurrences_before + 1 < reached_days.min_occurrences
),

reached_steps as (
    select
        first_occurrences.account_id,
        first_occurrences.step_key,
        first_occurrences.first_occurred_at as reached_at
    from first_occurrences
    inner join steps on first_occurrences.step_key = steps.step_key
    where steps.is_reached_at_once
    union all
    select
        account_id,
        step_key,
        first_occurred_at as reached_at
    from reached_days
    where occurrences_before + 1 >= min_occurrences
    union all
    select
        account_id,
        step_key,
        min(occurred_at) as reached_at
    from day_occurrences
    where occurrences_so_far >= min_occurrences
    group by account_id, step_key
),

final as (
    select
        first_occurrences.account_id,
        first_occurrences.step_key,
        reached_steps.reached_at
    from first_occurrences
    left join reached_steps
        on
            first_occurrences.account_id = reached_steps.account_id
            and first_occurrences.step_key = reached_steps.step_key
)

select * from final
