-- Built after int_touched_accounts has compared the accounts with what this table held before.
-- depends_on: {{ ref('int_touched_accounts') }}
with account_resolutions as (
    select * from {{ ref('int_account_resolutions') }}
),

final as (
    select
        account_id,
        customer_account_id
    from account_resolutions
)

select * from final
