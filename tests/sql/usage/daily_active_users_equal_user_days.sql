-- The running sum of changes equals a direct count of the day's users and accounts.
-- depends_on: {{ ref('int_touched_change_days') }}
{%- set of_touched_days %}
    {%- if checks_touched_rows() %}
    and activity_date in ({{ touched_dates('activity_date', ref('int_touched_change_days')) }})
    {%- endif %}
{%- endset %}
-- Users and accounts are told apart by the first of their numbers: texts cost half as much again.
with users as (
    select
        usage_user_key,
        min(usage_user_key) over (partition by account_id) as account_key,
        case when user_id is not null then min(usage_user_key) over (partition by user_id) end as user_key
    from {{ ref('int_usage_users') }}
),

counted as (
    select
        days.activity_date,
        count(distinct users.user_key) as users,
        count(distinct users.account_key) as accounts
    from {{ ref('int_user_event_days') }} as days
    inner join users on days.usage_user_key = users.usage_user_key
    where days.activity_date is not null {{- of_touched_days }}
    group by days.activity_date
),

daily as (
    select * from {{ ref('kpi_active_users_days') }}
    where segment_dimension = 'all' {{- of_touched_days }}
)

select
    coalesce(daily.activity_date, counted.activity_date) as activity_date,
    daily.dau,
    counted.users,
    daily.active_accounts_1d,
    counted.accounts
from daily
full outer join counted on daily.activity_date = counted.activity_date
where
    coalesce(daily.dau, 0) != coalesce(counted.users, 0)
    or coalesce(daily.active_accounts_1d, 0) != coalesce(counted.accounts, 0)
