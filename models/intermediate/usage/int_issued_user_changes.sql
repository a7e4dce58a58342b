{{ config(materialized='view') }}

-- Around the days on which a user ID is issued and deactivated, a window counts in part; elsewhere int_activity_edges
-- has it.
with users as (
    select * from {{ ref('int_counted_users') }}
    where usage_user_key = user_key and is_issued
),

windows as (
    select 1 as window_days
    union all
    select 7 as window_days
    union all
    select 30 as window_days
),

scope as (
    select min(first_recorded_on) as first_recorded_on from {{ ref('int_usage_coverage_months') }}
),

active_parts as (
    select
        users.account_id,
        windows.window_days,
        greatest(days.activity_date, users.issued_from) as starts_on,
        least(
            {{ add_days('days.activity_date', 'windows.window_days') }}, {{ or_never('days.next_date') }}, users.issued_to
        ) as ends_on,
        users.issued_from >= days.activity_date
        or coalesce(days.activity_date > {{ add_days('days.previous_date', 'windows.window_days') }}, true) as is_first,
        users.issued_from >= days.next_date
        or users.issued_to <= days.next_date
        or coalesce(days.next_date > {{ add_days('days.activity_date', 'windows.window_days') }}, true) as is_last
    from {{ ref('int_neighbouring_user_days') }} as days
    inner join users on days.user_key = users.user_key
    cross join windows
    where
        users.issued_from >= days.activity_date
        or users.issued_to <= {{ add_days('days.activity_date', 30) }}
),

-- A user ID counts as issued from its day of issue, or the first recorded day, to the day before it was deactivated.
issued_parts as (
    select
        users.account_id,
        case
            when users.issued_on > scope.first_recorded_on then users.issued_on
            else scope.first_recorded_on
        end as starts_on,
        {{ or_never('users.deactivated_on') }} as ends_on
    from {{ ref('int_users') }} as users
    cross join scope
    where users.is_issued
),

parts as (
    select
        account_id,
        window_days,
        starts_on,
        ends_on,
        is_first,
        is_last
    from active_parts
    union all
    select
        account_id,
        null as window_days,
        starts_on,
        ends_on,
        true as is_first,
        true as is_last
    from issued_parts
),

final as (
    select
        account_id,
        window_days,
        1 as change,
        starts_on as activity_date
    from parts
    where is_first and starts_on < ends_on
    union all
    select
        account_id,
        window_days,
        -1 as change,
        ends_on as activity_date
    from parts
    where is_last and starts_on < ends_on
)

select * from final
