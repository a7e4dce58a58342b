{%- set resolved_before = built_before('int_accounts_resolved') %}
-- Accounts whose events now count for another customer, or no longer for one: the customers of before and after.
with resolutions as (
    select * from {{ ref('int_account_resolutions') }}
),

resolved_before as (
    select * from {{ resolved_before or ref('int_account_resolutions') }}
),

changed_accounts as (
    select
        resolutions.customer_account_id,
        resolved_before.customer_account_id as customer_account_id_before
    from resolutions
    full outer join resolved_before on resolutions.account_id = resolved_before.account_id
    where resolutions.customer_account_id is distinct from resolved_before.customer_account_id
),

final as (
    select customer_account_id as account_id from changed_accounts
    where customer_account_id is not null
    union
    select customer_account_id_before as account_id from changed_accounts
    where customer_account_id_before is not null
)

select * from final
