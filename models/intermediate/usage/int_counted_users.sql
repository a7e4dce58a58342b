{{ config(materialized='view') }}

-- A user of several accounts counts once, in the account of dim_users, under the first of the user's numbers.
with usage_users as (
    select
        usage_user_key,
        min(usage_user_key) over (partition by user_id) as user_key,
        user_id
    from {{ ref('int_usage_users') }}
    where user_id is not null
),

users as (
    select * from {{ ref('int_users') }}
),

final as (
    select
        usage_users.usage_user_key,
        usage_users.user_key,
        users.account_id,
        users.is_issued,
        coalesce(users.issued_on, cast('0001-01-01' as date)) as issued_from,
        {{ or_never('users.deactivated_on') }} as issued_to
    from usage_users
    inner join users on usage_users.user_id = users.user_id
)

select * from final
