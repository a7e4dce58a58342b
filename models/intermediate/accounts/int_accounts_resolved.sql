-- Built after int_touched_accounts has compared the accounts with what this table held before.
-- depends_on: {{ ref('int_touched_accounts') }}
with final as (
    select * from {{ ref('int_account_resolutions') }}
)

select * from final
