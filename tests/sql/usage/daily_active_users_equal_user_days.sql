-- The running sum of changes equals a direct count of the day's users and accounts.
-- depends_on: {{ ref('int_touched_change_days') }}
{%- set of_touched_days %}
    {%- if checks_touched_rows() %}
    and activity_date in ({{ touched_dates('activity_date', ref('int_touched_change_days')) }})
    {%- endif %}
{%- endset %}
with counted as (
    select
        activity_date,
        count(distinct user_id) as users,
        count(distinct account_id) as accounts
    from {{ ref('fct_user_days') }}
    where activity_date is not null {{- of_touched_days }}
    group by activity_date
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
