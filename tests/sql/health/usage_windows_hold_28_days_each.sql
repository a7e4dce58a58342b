-- Each close has three windows of 28 days, and the newest ends with the close itself.
with windows as (
    select * from {{ ref('int_usage_windows') }}
),

months as (
    select * from {{ ref('int_months') }}
)

select
    months.month_start,
    windows.stretches_ago,
    count(windows.activity_date) as days,
    max(windows.activity_date) as last_day
from months
left join windows on months.month_start = windows.month_start
group by months.month_start, months.closes_on, windows.stretches_ago
having
    count(windows.activity_date) != 28
    or max(windows.activity_date) != {{ add_days('months.closes_on', '-28 * windows.stretches_ago') }}
