-- Reasons to act that show in usage: fewer users, an idle champion.
with today as (
    select as_of_date from {{ ref('int_settings') }}
),

settings as (
    select
        max(case when setting_id = 'champion_idle_days' then cast(setting_value as integer) end) as champion_idle_days,
        max(case when setting_id = 'usage_fall_rate' then setting_value end) as usage_fall_rate,
        max(case when setting_id = 'usage_fall_min_users' then setting_value end) as usage_fall_min_users
    from {{ ref('work_settings') }}
),

-- Where recording stopped, nobody became idle: windows end on the last day with events.
recorded as (
    select
        max(activity_date) as last_day,
        min(activity_date) as first_day
    from {{ ref('fct_user_days') }}
),

recent_users as (
    select
        user_days.account_id,
        user_days.user_id,
        max(user_days.activity_date) as last_on,
        max(case when user_days.activity_date <= {{ add_days('recorded.last_day', -28) }} then 1 else 0 end)
            as was_active_before,
        max(case when user_days.activity_date > {{ add_days('recorded.last_day', -28) }} then 1 else 0 end) as is_active
    from {{ ref('fct_user_days') }} as user_days
    cross join recorded
    where user_days.activity_date > {{ add_days('recorded.last_day', -56) }} and user_days.user_id is not null
    group by user_days.account_id, user_days.user_id
),

-- The fall arose when the last of the lost users had been away for four weeks.
user_changes as (
    select
        account_id,
        sum(is_active) as users_now,
        sum(was_active_before) as users_before,
        {{ add_days('max(case when is_active = 0 then last_on end)', 28) }} as arose_on
    from recent_users
    group by account_id
),

last_days as (
    select
        users.user_id,
        max(user_days.activity_date) as last_on
    from {{ ref('dim_users') }} as users
    inner join {{ ref('fct_user_days') }} as user_days on users.user_id = user_days.user_id
    where users.champion_from is not null
    group by users.user_id
),

champions as (
    select
        users.account_id,
        {{ add_days('coalesce(last_days.last_on, users.champion_from)', 'settings.champion_idle_days') }} as idle_on,
        {{ add_days('coalesce(last_days.last_on, users.champion_from)', 'settings.champion_idle_days') }}
        <= recorded.last_day as is_idle
    from {{ ref('dim_users') }} as users
    cross join today
    cross join settings
    cross join recorded
    left join last_days on users.user_id = last_days.user_id
    where
        users.champion_from <= today.as_of_date
        and (users.champion_to > today.as_of_date or users.champion_to is null)
        and (users.deactivated_on > today.as_of_date or users.deactivated_on is null)
),

champion_accounts as (
    select
        account_id,
        count(*) as champions,
        {{ count_where('is_idle') }} as idle_champions,
        max(case when is_idle then idle_on end) as arose_on
    from champions
    group by account_id
)

select
    user_changes.account_id,
    'usage_fell' as reason,
    user_changes.arose_on,
    cast(user_changes.users_before as string) as value_1,
    cast(user_changes.users_now as string) as value_2
from user_changes
cross join settings
cross join recorded
where
    user_changes.users_before >= settings.usage_fall_min_users
    and user_changes.users_now <= user_changes.users_before * (1 - settings.usage_fall_rate)
    and recorded.first_day <= {{ add_days('recorded.last_day', -55) }}
union all
select
    account_id,
    'champion_idle' as reason,
    arose_on,
    cast(idle_champions as string) as value_1,
    cast(champions as string) as value_2
from champion_accounts
where idle_champions > 0
