-- An account's opening MRR is the closing MRR of the month before: no MRR appears or is lost between two
-- months.
with account_months as (
    select * from {{ ref('fct_account_months') }}
),

last_month as (
    select max(month_start) as month_start from {{ ref('dim_months') }}
),

openings as (
    select
        account_id,
        month_start,
        opening_mrr
    from account_months
    where opening_mrr != 0
),

closings as (
    select
        account_months.account_id,
        {{ add_months('account_months.month_start', 1) }} as month_start,
        account_months.closing_mrr as previous_closing_mrr
    from account_months
    inner join last_month on account_months.month_start < last_month.month_start
    where account_months.closing_mrr != 0
)

select
    coalesce(openings.account_id, closings.account_id) as account_id,
    coalesce(openings.month_start, closings.month_start) as month_start,
    closings.previous_closing_mrr,
    openings.opening_mrr
from openings
full outer join closings
    on openings.account_id = closings.account_id and openings.month_start = closings.month_start
where coalesce(openings.opening_mrr != closings.previous_closing_mrr, true)
