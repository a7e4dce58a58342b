-- Share of onboarding steps that an account had reached, of the steps that any account had reached by then.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

months as (
    select * from {{ ref('int_months') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

steps_reached as (
    select
        steps.account_id,
        steps.step_key,
        {{ local_date('steps.reached_at', 'settings.reporting_timezone') }} as reached_on
    from {{ ref('int_onboarding_steps_reached') }} as steps
    cross join settings
    where steps.reached_at is not null
),

first_reached as (
    select
        step_key,
        min(reached_on) as reached_on
    from steps_reached
    group by step_key
),

known_steps as (
    select
        months.month_start,
        count(*) as steps
    from months
    inner join first_reached on months.closes_on >= first_reached.reached_on
    group by months.month_start
),

reached_days as (
    select
        account_id,
        reached_on,
        {{ month_start('reached_on') }} as month_start,
        count(*) as steps
    from steps_reached
    group by account_id, reached_on, {{ month_start('reached_on') }}
),

step_changes as (
    select
        account_id,
        month_start,
        sum(steps) as steps
    from reached_days
    group by account_id, month_start
    union all
    select
        account_id,
        month_start,
        0 as steps
    from account_dates
),

steps_so_far as (
    select distinct
        account_id,
        month_start,
        sum(steps) over (
            partition by account_id order by month_start range between unbounded preceding and current row
        ) as steps
    from step_changes
),

final as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        {{ rate('steps_so_far.steps', 'known_steps.steps') }} as onboarding_reached_rate
    from account_dates
    inner join known_steps on account_dates.month_start = known_steps.month_start
    inner join steps_so_far
        on
            account_dates.account_id = steps_so_far.account_id
            and account_dates.month_start = steps_so_far.month_start
)

select * from final
