{{ config(materialized='view') }}

-- A day with an event makes its user active on that day and on the following days of the window. Overlapping periods
-- are joined into one, so that a user is counted once without comparing every day with every window. An increment sees
-- the last 31 days before each day that it counts again: no window is longer.
with read_days as (
    select activity_date from {{ ref('int_touched_change_days') }}
),

touched_accounts as (
    select account_id from {{ ref('int_touched_user_accounts') }}
),

user_days as (
    select distinct
        users.account_id,
        user_days.user_id,
        user_days.activity_date
    from {{ ref('int_user_days') }} as user_days
    inner join {{ ref('int_users') }} as users on user_days.user_id = users.user_id
    where
        user_days.activity_date in (select read_days.activity_date from read_days)
        or users.account_id in (select touched_accounts.account_id from touched_accounts)
),

account_days as (
    select * from {{ ref('int_account_usage_days') }}
    where
        activity_date in (select read_days.activity_date from read_days)
        or account_id in (select touched_accounts.account_id from touched_accounts)
),

windows as (
    select 1 as window_days
    union all
    select 7 as window_days
    union all
    select 30 as window_days
),

days as (
    select
        account_id,
        user_id,
        activity_date
    from user_days
    union all
    select
        account_id,
        cast(null as string) as user_id,
        activity_date
    from account_days
),

neighboured_days as (
    select
        *,
        lag(activity_date) over (partition by account_id, user_id order by activity_date) as previous_date,
        lead(activity_date) over (partition by account_id, user_id order by activity_date) as next_date
    from days
),

edges as (
    select
        neighboured_days.account_id,
        neighboured_days.user_id,
        windows.window_days,
        neighboured_days.activity_date,
        coalesce(
            neighboured_days.activity_date > {{ add_days('neighboured_days.previous_date', 'windows.window_days') }},
            true
        ) as is_first,
        coalesce(
            neighboured_days.next_date > {{ add_days('neighboured_days.activity_date', 'windows.window_days') }},
            true
        ) as is_last
    from neighboured_days
    cross join windows
),

-- Only first and last days are left here: the last day of a period is its first day, or the day of the next row.
paired_edges as (
    select
        *,
        case
            when is_last then activity_date
            else lead(activity_date) over (
                partition by account_id, user_id, window_days order by activity_date
            )
        end as last_date
    from edges
    where is_first or is_last
),

final as (
    select
        account_id,
        user_id,
        cast(window_days as bigint) as window_days,
        activity_date as starts_on,
        {{ add_days('last_date', 'window_days') }} as ends_on
    from paired_edges
    where is_first
)

select * from final
