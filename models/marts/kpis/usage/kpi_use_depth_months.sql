with account_months as (
    select * from {{ ref('fct_account_usage_months') }}
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        cast(sum(logins) as bigint) as logins,
        cast(sum(active_users) as bigint) as active_users,
        cast(sum(issued_users) as bigint) as issued_users,
        {%- for gauge in ['data_volume', 'connections', 'integrations', 'apps_built', 'app_downloads'] %}
        cast(sum({{ double_as_decimal(gauge, 'decimal(18,4)') }}) as double) as {{ gauge }},
        {%- endfor %}
        {{ count_where('is_customer') }} as customers,
        {{ count_known('case when is_customer then integrations > 0 end') }} as accounts_with_integration,
        cast(sum(case when is_customer then champions end) as bigint) as champions
    from account_months
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        logins,
        active_users,
        issued_users,
        data_volume,
        connections,
        integrations,
        apps_built,
        app_downloads,
        customers,
        accounts_with_integration,
        champions,
        {{ rate('accounts_with_integration', 'customers') }} as integration_rate,
        {{ rate('logins', 'active_users') }} as logins_per_active_user,
        {{ rate('champions', 'customers') }} as champions_per_customer
    from summed
)

select * from final
