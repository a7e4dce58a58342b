{%- set users_before = built_before('int_users') %}
-- Accounts of users who now count in another way, before and after, and accounts whose events count for another customer.
with users as (
    select
        user_id,
        account_id,
        is_issued,
        issued_on,
        deactivated_on
    from {{ ref('int_user_records') }}
),

users_before as (
    select
        user_id,
        account_id,
        is_issued,
        issued_on,
        deactivated_on
    from {{ users_before or ref('int_user_records') }}
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

moved_users as (
    select
        users.account_id,
        users_before.account_id as account_id_before
    from users
    inner join users_before on users.user_id = users_before.user_id
    where users.account_id != users_before.account_id
),

accounts as (
    select
        account_id,
        0 as has_moved_users
    from changed_users
    union all
    select
        account_id,
        1 as has_moved_users
    from moved_users
    union all
    select
        account_id_before as account_id,
        1 as has_moved_users
    from moved_users
    union all
    select
        account_id,
        1 as has_moved_users
    from {{ ref('int_touched_accounts') }}
),

final as (
    select
        account_id,
        max(has_moved_users) = 1 as has_moved_users
    from accounts
    group by account_id
)

select * from final
