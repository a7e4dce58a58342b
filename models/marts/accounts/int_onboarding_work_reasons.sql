-- Onboarding without a new step for some days. Where recording stopped, no step is missing; nor is one that was skipped.
with recorded as (
    select max(activity_date) as last_day from {{ ref('fct_user_days') }}
),

work_settings as (
    select cast(setting_value as integer) as onboarding_days from {{ ref('work_settings') }}
    where setting_id = 'onboarding_days'
),

settings as (
    select
        settings.reporting_timezone,
        least(settings.as_of_date, coalesce(recorded.last_day, settings.as_of_date)) as known_to,
        work_settings.onboarding_days
    from {{ ref('int_settings') }} as settings
    cross join recorded
    cross join work_settings
),

steps as (
    select
        steps.account_id,
        {{ local_date('steps.offered_at', 'settings.reporting_timezone') }} as offered_on,
        {{ local_date('steps.reached_at', 'settings.reporting_timezone') }} as reached_on,
        case when not steps.is_reached then steps.step_order end as open_order
    from {{ ref('fct_onboarding_steps') }} as steps
    cross join settings
),

progress as (
    select
        account_id,
        offered_on,
        greatest(offered_on, coalesce(max(reached_on), offered_on)) as progressed_on,
        min(open_order) as next_order
    from steps
    group by account_id, offered_on
),

open_accounts as (
    select * from {{ ref('fct_onboarding_accounts') }}
    where not is_completed
),

-- It becomes worse at each step of days.
stuck as (
    select
        progress.account_id,
        progress.next_order,
        progress.progressed_on,
        settings.known_to,
        max(work_steps.days) as step_days
    from progress
    cross join settings
    inner join open_accounts on progress.account_id = open_accounts.account_id
    inner join {{ ref('work_steps') }} as work_steps
        on
            work_steps.reason = 'onboarding_stuck'
            and {{ add_days('progress.progressed_on', 'work_steps.days') }} <= settings.known_to
    where
        progress.next_order is not null
        and {{ add_days('progress.offered_on', 'settings.onboarding_days') }} > settings.known_to
    group by progress.account_id, progress.next_order, progress.progressed_on, settings.known_to
)

select
    stuck.account_id,
    'onboarding_stuck' as reason,
    {{ add_days('stuck.progressed_on', 'stuck.step_days') }} as arose_on,
    cast({{ dbt.datediff('stuck.progressed_on', 'stuck.known_to', 'day') }} as string) as value_1,
    cast(null as string) as value_2,
    steps.label_en,
    steps.label_ja
from stuck
left join {{ ref('onboarding_steps') }} as steps on stuck.next_order = steps.step_order
