with features as (
    select * from {{ ref('fct_account_feature_months') }}
),

feature_counts as (
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
        feature_counts.month_start,
        feature_counts.feature,
        feature_counts.segment_dimension,
        feature_counts.segment_value,
        feature_counts.users,
        feature_counts.accounts,
        feature_counts.events,
        {{ rate('feature_counts.customers_using', 'customers.customers') }} as account_adoption_rate
    from feature_counts
    left join customers
        on
            feature_counts.month_start = customers.month_start
            and feature_counts.segment_dimension = customers.segment_dimension
            and feature_counts.segment_value = customers.segment_value
)

select * from final
