with events as (
    select * from {{ ref('int_usage_events') }}
    where feature is not null
),

users as (
    select * from {{ ref('int_users') }}
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

-- An event counts in the account in which it happened, a user in the account of the issued user ID.
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
        {%- for kind in ['integration', 'app'] %}
        {%- set prefix = var(kind ~ '_feature_prefix') %}
        substr(counted.feature, 1, {{ prefix | length }}) = '{{ prefix }}' as is_{{ kind }},
        {%- endfor %}
        case when known.are_users_known then cast(counted.users as bigint) end as users,
        cast(counted.events as bigint) as events,
        counted.month_start
    from counted
    cross join known
)

select * from final
