-- All movements of an account and all fx impact sum to its current MRR.
with moved as (
    select
        account_id,
        mrr_change as amount
    from {{ ref('fct_mrr_movements') }}
    union all
    select
        account_id,
        fx_impact_mrr as amount
    from {{ ref('fct_account_months') }}
),

summed as (
    select
        account_id,
        sum(amount) as mrr_by_ledger
    from moved
    group by account_id
),

accounts as (
    select
        account_id,
        current_mrr
    from {{ ref('dim_accounts') }}
)

select
    coalesce(accounts.account_id, summed.account_id) as account_id,
    accounts.current_mrr,
    summed.mrr_by_ledger
from accounts
full outer join summed on accounts.account_id = summed.account_id
where coalesce(accounts.current_mrr, 0) != coalesce(summed.mrr_by_ledger, 0)
