{%- set users_before = built_before('int_users') %}
-- Accounts of users whose record is now another, before and after, and accounts whose events count for another customer.
with users as (
    select * from {{ ref('int_user_records') }}
),

users_before as (
    select * from {{ users_before or ref('int_user_records') }}
),

changed_users as (
    (
        select * from users
        except
        select * from users_before
    )
    union all
    (
        select * from users_before
        except
        select * from users
    )
),

final as (
    select account_id from changed_users
    union
    select account_id from {{ ref('int_touched_accounts') }}
)

select * from final
