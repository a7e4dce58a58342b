-- A user active today is active within 7 and 30 days, and no count is negative.
with active_users_days as (
    select * from {{ ref('kpi_active_users_days') }}
)

select
    activity_date,
    segment_dimension,
    segment_value,
    dau,
    wau,
    mau,
    active_accounts_1d,
    active_accounts_7d,
    active_accounts_30d
from active_users_days
where
    dau > wau
    or wau > mau
    or active_accounts_1d > active_accounts_7d
    or active_accounts_7d > active_accounts_30d
    or dau < 0
    or active_accounts_1d < 0
