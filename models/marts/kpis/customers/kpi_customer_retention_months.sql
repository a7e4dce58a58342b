with account_months as (
    select * from {{ ref('fct_account_months') }}
),

retention_windows as (
    select * from {{ ref('fct_account_retention_windows') }}
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        {{ count_where('is_opening_customer') }} as opening_customers,
        {{ count_where('is_new') }} as new_customers,
        {{ count_where('is_reactivated') }} as reactivated_customers,
        {{ count_where('is_churned') }} as churned_customers,
        {{ count_where('is_closing_customer') }} as closing_customers,
        {{ count_where('is_involuntary_churn') }} as involuntary_churned_customers,
        cast(sum(case when is_cs_controllable_churn then 1 when not is_cs_controllable_churn then 0 end) as bigint)
            as cs_controllable_churned_customers,
        cast(sum(
            case
                when is_churned and is_cs_controllable_churn is not null
                    then case when coalesce(churn_reason_code, 'not_stated') != 'not_stated' then 1 else 0 end
            end
        ) as bigint) as churned_customers_with_reason
    from account_months
    {{ group_by_segments(['month_start']) }}
),

month_counts as (
    {{ every_month('summed', [
        'opening_customers', 'new_customers', 'reactivated_customers', 'churned_customers',
        'closing_customers', 'involuntary_churned_customers', 'cs_controllable_churned_customers',
        'churned_customers_with_reason'
    ]) }}
),

window_counts as (
    select
        month_start,
        {{ segment_columns() }},
        {% for months in [3, 6, 12] -%}
        {{ count_where('window_months = ' ~ months ~ ' and is_base_customer') }} as opening_{{ months }}m,
        {{ count_where('window_months = ' ~ months ~ ' and is_base_customer and is_closing_customer') }}
            as continued_{{ months }}m,
        {{ count_where('window_months = ' ~ months ~ ' and is_closing_customer') }} as retained_{{ months }}m
        {{- ',' if not loop.last }}
        {% endfor -%}
    from retention_windows
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        coalesce(month_counts.month_start, window_counts.month_start) as month_start,
        coalesce(month_counts.segment_dimension, window_counts.segment_dimension) as segment_dimension,
        coalesce(month_counts.segment_value, window_counts.segment_value) as segment_value,
        coalesce(month_counts.opening_customers, 0) as opening_customers,
        coalesce(month_counts.new_customers, 0) as new_customers,
        coalesce(month_counts.reactivated_customers, 0) as reactivated_customers,
        coalesce(month_counts.churned_customers, 0) as churned_customers,
        coalesce(month_counts.closing_customers, 0) as closing_customers,
        coalesce(month_counts.involuntary_churned_customers, 0) as involuntary_churned_customers,
        coalesce(month_counts.opening_customers - month_counts.churned_customers, 0) as continued_customers,
        coalesce(month_counts.closing_customers - month_counts.new_customers, 0) as retained_customers,
        month_counts.cs_controllable_churned_customers,
        {% for months in [3, 6, 12] -%}
        window_counts.opening_{{ months }}m as base_customers_{{ months }}m,
        window_counts.opening_{{ months }}m - window_counts.continued_{{ months }}m as churned_customers_{{ months }}m,
        window_counts.continued_{{ months }}m as continued_customers_{{ months }}m,
        window_counts.retained_{{ months }}m as retained_customers_{{ months }}m,
        {% endfor -%}
        {{ rate('month_counts.churned_customers', 'month_counts.opening_customers') }} as customer_churn_rate,
        {{ rate('month_counts.opening_customers - month_counts.churned_customers', 'month_counts.opening_customers') }}
            as continuation_rate,
        {{ rate('month_counts.closing_customers - month_counts.new_customers', 'month_counts.opening_customers') }} as retention_rate,
        {% for months in [3, 6, 12] -%}
        {{ rate('window_counts.opening_' ~ months ~ 'm - window_counts.continued_' ~ months ~ 'm', 'window_counts.opening_' ~ months ~ 'm') }}
            as customer_churn_rate_{{ months }}m,
        {{ rate('window_counts.continued_' ~ months ~ 'm', 'window_counts.opening_' ~ months ~ 'm') }}
            as continuation_rate_{{ months }}m,
        {{ rate('window_counts.retained_' ~ months ~ 'm', 'window_counts.opening_' ~ months ~ 'm') }} as retention_rate_{{ months }}m,
        {% endfor -%}
        month_counts.churned_customers_with_reason,
        {{ rate('month_counts.churned_customers_with_reason', 'month_counts.churned_customers') }} as stated_reason_rate,
        -- Reasons that few state say nothing of the others.
        case
            when
                month_counts.churned_customers = 0
                or month_counts.churned_customers_with_reason
                >= {{ var('minimum_stated_reason_rate') }} * month_counts.churned_customers
                then {{ rate('month_counts.cs_controllable_churned_customers', 'month_counts.opening_customers') }}
        end as cs_controllable_churn_rate
    from month_counts
    full outer join window_counts
        on
            month_counts.month_start = window_counts.month_start
            and month_counts.segment_dimension = window_counts.segment_dimension
            and month_counts.segment_value = window_counts.segment_value
)

select * from final
