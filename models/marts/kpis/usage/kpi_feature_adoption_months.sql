with features as (
    select * from {{ ref('fct_account_feature_months') }}
),

used as (
    select
        month_start,
        feature,
        {{ segment_columns() }},
        cast(sum(users) as bigint) as users,
        {{ count_where('events > 0') }} as accounts,
        cast(sum(events) as bigint) as events,
        {{ count_where('events > 0 and is_customer') }} as customers_using
    from features
    {{ group_by_segments(['month_start', 'feature']) }}
),

customers as (
    {{ customer_counts() }}
),

final as (
    select
        used.month_start,
        used.feature,
        used.segment_dimension,
        used.segment_value,
        used.users,
        used.accounts,
        used.events,
        {{ rate('used.customers_using', 'customers.customers') }} as account_adoption_rate
    from used
    left join customers
        on
            used.month_start = customers.month_start
            and used.segment_dimension = customers.segment_dimension
            and used.segment_value = customers.segment_value
)

select * from final
