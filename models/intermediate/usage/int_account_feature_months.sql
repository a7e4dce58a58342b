with events as (
    select * from {{ ref('int_usage_events') }}
    where feature is not null
),

users as (
    select * from {{ ref('dim_users') }}
),

segments as (
    select * from {{ ref('int_customer_segments') }}
),

account_months as (
    select * from {{ ref('fct_account_months') }}
),

known as (
    select count(first_event_at) > 0 as are_users_known from users
),

user_months as (
    select
        account_id,
        user_id,
        feature,
        {{ month_start('activity_date') }} as month_start,
        sum(event_count) as event_count
    from events
    group by account_id, user_id, feature, {{ month_start('activity_date') }}
),

-- Events count in the account they happened in, a user in the account of the ID.
stacked as (
    select
        account_id,
        feature,
        month_start,
        event_count,
        cast(null as string) as user_id
    from user_months
    union all
    select
        users.account_id,
        user_months.feature,
        user_months.month_start,
        0 as event_count,
        user_months.user_id
    from user_months
    inner join users on user_months.user_id = users.user_id
),

counted as (
    select
        account_id,
        feature,
        month_start,
        sum(event_count) as events,
        count(distinct user_id) as users
    from stacked
    group by account_id, feature, month_start
),

final as (
    select
        counted.account_id,
        counted.feature,
        {{ month_segments() }},
        case when known.are_users_known then cast(counted.users as bigint) end as users,
        cast(counted.events as bigint) as events,
        coalesce(account_months.is_closing_customer, false) as is_customer,
        counted.month_start
    from counted
    cross join known
    inner join segments on counted.account_id = segments.account_id
    left join account_months
        on counted.account_id = account_months.account_id and counted.month_start = account_months.month_start
)

select * from final
