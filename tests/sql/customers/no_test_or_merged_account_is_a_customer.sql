-- Test accounts are in no mart, and a merged account counts for the account it was merged into. Facts refer to
-- dim_accounts, so it is enough to look there. Accounts that were merged into each other in a circle stay as they are.
with accounts as (
    select * from {{ ref('stg_accounts') }}
),

customers as (
    select account_id from {{ ref('dim_accounts') }}
)

select
    customers.account_id,
    accounts.is_test,
    accounts.merged_into_account_id
from customers
inner join accounts on customers.account_id = accounts.account_id
left join accounts as targets on accounts.merged_into_account_id = targets.account_id
left join customers as kept on accounts.merged_into_account_id = kept.account_id
where
    accounts.is_test
    or (
        accounts.merged_into_account_id is not null
        and (targets.merged_into_account_id is null or kept.account_id is null)
    )
