with account_months as (
    select * from {{ ref('fct_account_usage_months') }}
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
        cast(sum(case when is_customer then champions end) as bigint) as champions,
        {{ count_known('case when is_customer then champions > 0 end') }} as accounts_with_champion,
        cast(sum(case when is_customer then champion_level end) as bigint) as champion_levels,
        cast(count(case when is_customer then champion_level end) as bigint) as customers_with_champion_level
    from account_months
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        active_users,
        active_accounts,
        total_users,
        active_issued_users,
        customers,
        active_customers,
        settled_customers,
        new_users,
        logged_in_users,
        {{ rate('active_issued_users', 'total_users') }} as active_user_rate,
        {{ rate('active_customers', 'customers') }} as active_account_rate,
        {{ rate('settled_customers', 'customers') }} as settled_account_rate,
        {{ rate('logged_in_users', 'new_users') }} as first_login_rate,
        champions,
        accounts_with_champion,
        {{ rate('accounts_with_champion', 'customers') }} as champion_coverage_rate,
        champion_levels,
        customers_with_champion_level,
        {{ rate('champion_levels', 'customers_with_champion_level') }} as average_champion_level
    from summed
)

select * from final
