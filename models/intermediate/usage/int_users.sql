-- Users with an issued ID, and users that only events know.
with users as (
    select * from {{ ref('stg_users') }}
),

events as (
    select * from {{ ref('int_usage_events') }}
    where user_id is not null
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
issued as (
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

seen_in_accounts as (
    select
        user_id,
        account_id,
        min(occurred_at) as first_event_at,
        min(case when is_login then occurred_at end) as first_login_event_at
    from events
    group by user_id, account_id
),

-- A user of several accounts counts once: in the account of the ID, else in the one used first.
seen as (
    select
        user_id,
        account_id,
        min(first_event_at) over (partition by user_id) as first_event_at,
        min(first_login_event_at) over (partition by user_id) as first_login_event_at,
        row_number() over (partition by user_id order by first_event_at, account_id) as place
    from seen_in_accounts
),

seen_once as (
    select * from seen
    where place = 1
),

final as (
    select
        coalesce(issued.user_id, seen_once.user_id) as user_id,
        coalesce(issued.account_id, seen_once.account_id) as account_id,
        issued.role,
        cast(issued.champion_level as bigint) as champion_level,
        issued.user_id is not null as is_issued,
        issued.issued_on,
        issued.deactivated_on,
        issued.champion_from,
        issued.champion_to,
        issued.created_at,
        seen_once.first_event_at,
        coalesce(seen_once.first_login_event_at, seen_once.first_event_at) as first_login_at
    from issued
    full outer join seen_once on issued.user_id = seen_once.user_id
)

select * from final
