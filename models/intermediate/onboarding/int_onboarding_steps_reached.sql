-- First the day on which a step asks for no more, then the moment in it: days are few, events are many. Who has begun a
-- step and not come to what it asks for has no reached_at.
with occurrences as (
    select * from {{ ref('int_onboarding_occurrences') }}
),

steps as (
    select * from {{ ref('onboarding_steps') }}
),

days as (
    select
        account_id,
        step_key,
        activity_date,
        sum(occurrences) as occurrences
    from occurrences
    group by account_id, step_key, activity_date
),

running as (
    select
        account_id,
        step_key,
        activity_date,
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
),

enough as (
    select
        running.account_id,
        running.step_key,
        min(running.activity_date) as activity_date,
        min(running.occurrences_before) as occurrences_before,
        min(steps.min_occurrences) as min_occurrences
    from running
    inner join steps on running.step_key = steps.step_key
    where
        running.occurrences_so_far >= steps.min_occurrences
        and running.days_so_far >= coalesce(steps.min_active_days, 1)
    group by running.account_id, running.step_key
),

moments as (
    select
        occurrences.account_id,
        occurrences.step_key,
        occurrences.occurred_at,
        enough.min_occurrences,
        enough.occurrences_before + sum(occurrences.occurrences) over (
            partition by occurrences.account_id, occurrences.step_key order by occurrences.occurred_at
            rows between unbounded preceding and current row
        ) as occurrences_so_far
    from occurrences
    inner join enough
        on
            occurrences.account_id = enough.account_id
            and occurrences.step_key = enough.step_key
            and occurrences.activity_date = enough.activity_date
),

reached as (
    select
        account_id,
        step_key,
        min(occurred_at) as reached_at
    from moments
    where occurrences_so_far >= min_occurrences
    group by account_id, step_key
),

final as (
    select
        days.account_id,
        days.step_key,
        min(reached.reached_at) as reached_at
    from days
    left join reached on days.account_id = reached.account_id and days.step_key = reached.step_key
    group by days.account_id, days.step_key
)

select * from final
