-- Users of an account: issued at the close, active in the month, champions at the close, new in the month.
with months as (
    select * from {{ ref('int_usage_coverage_months') }}
),

users as (
    select * from {{ ref('int_users') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

used_months as (
    select distinct
        users.account_id,
        user_months.user_id,
        user_months.month_start,
        true as is_active
    from {{ ref('int_user_months') }} as user_months
    inner join users on user_months.user_id = users.user_id
),

issued_months as (
    select
        users.account_id,
        users.user_id,
        months.month_start,
        users.champion_level,
        coalesce(
            users.champion_from <= months.closes_on
            and coalesce(users.champion_to > months.closes_on, true),
            false
        ) as is_champion
    from users
    inner join months
        on
            coalesce(users.issued_on <= months.closes_on, true)
            and coalesce(users.deactivated_on > months.closes_on, true)
    where users.is_issued
),

dated_users as (
    select
        *,
        {{ dbt.dateadd('day', var('first_login_within_days'), 'created_at') }} as login_ends_at
    from users
    where is_issued and created_at is not null
),

-- New users whose first days are observed: issued since usage was recorded, and long enough before the as-of date.
new_users as (
    select
        users.account_id,
        months.month_start,
        count(*) as new_users,
        {{ count_where('users.first_login_at < users.login_ends_at') }} as logged_in_users
    from dated_users as users
    cross join settings
    inner join months on {{ month_start('users.issued_on') }} = months.month_start
    where
        users.issued_on >= months.first_recorded_on
        and {{ add_days('users.issued_on', var('first_login_within_days')) }} <= settings.as_of_date
    group by users.account_id, months.month_start
),

joined as (
    select
        coalesce(issued_months.account_id, used_months.account_id) as account_id,
        coalesce(issued_months.month_start, used_months.month_start) as month_start,
        issued_months.user_id is not null as is_issued,
        coalesce(issued_months.is_champion, false) as is_champion,
        case when issued_months.is_champion then issued_months.champion_level end as champion_level,
        coalesce(used_months.is_active, false) as is_active
    from issued_months
    full outer join used_months
        on issued_months.user_id = used_months.user_id and issued_months.month_start = used_months.month_start
),

counted as (
    select
        account_id,
        month_start,
        {{ count_where('is_issued') }} as issued_users,
        {{ count_where('is_active') }} as active_users,
        {{ count_where('is_active and is_issued') }} as active_issued_users,
        {{ count_where('is_champion') }} as champions,
        {{ count_where('is_champion and is_active') }} as active_champions,
        max(champion_level) as champion_level
    from joined
    group by account_id, month_start
),

final as (
    select
        coalesce(counted.account_id, new_users.account_id) as account_id,
        coalesce(counted.month_start, new_users.month_start) as month_start,
        coalesce(counted.issued_users, 0) as issued_users,
        coalesce(counted.active_users, 0) as active_users,
        coalesce(counted.active_issued_users, 0) as active_issued_users,
        coalesce(counted.champions, 0) as champions,
        coalesce(counted.active_champions, 0) as active_champions,
        counted.champion_level,
        cast(coalesce(new_users.new_users, 0) as bigint) as new_users,
        coalesce(new_users.logged_in_users, 0) as logged_in_users
    from counted
    full outer join new_users
        on counted.account_id = new_users.account_id and counted.month_start = new_users.month_start
)

select * from final
