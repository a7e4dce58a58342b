-- Users with an issued user ID, and users known only from events.
with users as (
    select * from {{ ref('stg_users') }}
),

usage_users as (
    select * from {{ ref('int_usage_users') }}
    where user_id is not null
),

first_events as (
    select
        usage_user_key,
        min(first_event_at) as first_event_at,
        min(first_login_at) as first_login_event_at
    from {{ ref('int_user_event_days') }}
    group by usage_user_key
),

resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

-- Without created_at, the account's is used.
issued_users as (
    select
        users.user_id,
        resolved.customer_account_id as account_id,
        users.role,
        users.champion_level,
        {{ local_date('coalesce(users.created_at, customers.created_at)', 'settings.reporting_timezone') }}
            as issued_on,
        {{ local_date('users.deactivated_at', 'settings.reporting_timezone') }} as deactivated_on,
        {{ local_date('users.champion_since', 'settings.reporting_timezone') }} as champion_from,
        {{ local_date('users.champion_until', 'settings.reporting_timezone') }} as champion_to,
        users.created_at
    from users
    inner join resolved on users.account_id = resolved.account_id
    inner join customers on resolved.customer_account_id = customers.account_id
    cross join settings
),

users_of_accounts as (
    select
        usage_users.user_id,
        usage_users.account_id,
        first_events.first_event_at,
        first_events.first_login_event_at
    from usage_users
    inner join first_events on usage_users.usage_user_key = first_events.usage_user_key
),

-- A user of several accounts counts once: in the account of the issued user ID, else in the one used first.
event_users as (
    select
        user_id,
        account_id,
        min(first_event_at) over (partition by user_id) as first_event_at,
        min(first_login_event_at) over (partition by user_id) as first_login_event_at,
        row_number() over (partition by user_id order by first_event_at, account_id) as place
    from users_of_accounts
),

counted_event_users as (
    select * from event_users
    where place = 1
),

final as (
    select
        coalesce(issued_users.user_id, counted_event_users.user_id) as user_id,
        coalesce(issued_users.account_id, counted_event_users.account_id) as account_id,
        issued_users.role,
        cast(issued_users.champion_level as bigint) as champion_level,
        issued_users.user_id is not null as is_issued,
        issued_users.issued_on,
        issued_users.deactivated_on,
        issued_users.champion_from,
        issued_users.champion_to,
        issued_users.created_at,
        counted_event_users.first_event_at,
        coalesce(counted_event_users.first_login_event_at, counted_event_users.first_event_at) as first_login_at
    from issued_users
    full outer join counted_event_users on issued_users.user_id = counted_event_users.user_id
)

select * from final
