-- Built after int_touched_user_accounts has compared the users with what this table held before.
-- depends_on: {{ ref('int_touched_user_accounts') }}
with final as (
    select * from {{ ref('int_user_records') }}
)

select * from final
