with account_months as (
    select * from {{ ref('fct_account_usage_months') }}
),

changes as (
    select * from {{ ref('fct_active_user_changes') }}
),

month_days as (
    select
        month_start,
        {{ dbt.datediff('min(activity_date)', 'max(closes_on)', 'day') }} + 1 as days
    from changes
    group by month_start
),

-- A change counts on its day and on every day after it up to the close.
user_days as (
    select
        month_start,
        {{ segment_columns() }},
        {%- for days in [1, 30] %}
        sum(active_users_{{ days }}d_change * ({{ dbt.datediff('activity_date', 'closes_on', 'day') }} + 1)) as user_days_{{ days }}d{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    {{ group_by_segments(['month_start']) }}
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        cast(sum(active_users) as bigint) as active_users,
        {{ count_known('is_active') }} as active_accounts,
        cast(sum(issued_users) as bigint) as total_users,
        cast(sum(active_issued_users) as bigint) as active_issued_users,
        {{ count_where('is_customer') }} as customers,
        {{ count_known('case when is_customer then is_active end') }} as active_customers,
        {{ count_known('case when is_customer then is_active_in_every_week end') }} as settled_customers,
        cast(sum(new_users) as bigint) as new_users,
        cast(sum(logged_in_users) as bigint) as logged_in_users,
        cast(sum(case when is_customer then champions when champions is not null then 0 end) as bigint) as champions,
        {{ count_known('case when is_customer then champions > 0 when champions is not null then false end') }} as accounts_with_champion,
        cast(sum(case when is_customer then champion_level end) as bigint) as champion_levels,
        cast(count(case when is_customer then champion_level end) as bigint) as customers_with_champion_level
    from account_months
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        summed.month_start,
        summed.segment_dimension,
        summed.segment_value,
        summed.active_users,
        summed.active_accounts,
        summed.total_users,
        summed.active_issued_users,
        summed.customers,
        summed.active_customers,
        summed.settled_customers,
        summed.new_users,
        summed.logged_in_users,
        {{ rate('summed.active_issued_users', 'summed.total_users') }} as active_user_rate,
        {{ rate('summed.active_customers', 'summed.customers') }} as active_account_rate,
        {{ rate('summed.settled_customers', 'summed.customers') }} as settled_account_rate,
        {{ rate('summed.logged_in_users', 'summed.new_users') }} as first_login_rate,
        {{ rate('user_days.user_days_1d', 'month_days.days') }} as average_dau,
        {{ rate('user_days.user_days_1d', 'user_days.user_days_30d') }} as stickiness,
        summed.champions,
        summed.accounts_with_champion,
        {{ rate('summed.accounts_with_champion', 'summed.customers') }} as champion_coverage_rate,
        summed.champion_levels,
        summed.customers_with_champion_level,
        {{ rate('summed.champion_levels', 'summed.customers_with_champion_level') }} as average_champion_level
    from summed
    left join month_days on summed.month_start = month_days.month_start
    left join user_days
        on
            summed.month_start = user_days.month_start
            and summed.segment_dimension = user_days.segment_dimension
            and summed.segment_value = user_days.segment_value
)

select * from final
