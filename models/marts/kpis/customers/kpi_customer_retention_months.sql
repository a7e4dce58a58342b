with account_months as (
    select * from {{ ref('fct_account_months') }}
),

retention_windows as (
    select * from {{ ref('fct_account_retention_windows') }}
),

monthly as (
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
            as cs_controllable_churned_customers
    from account_months
    {{ group_by_segments(['month_start']) }}
),

longer as (
    select
        month_start,
        {{ segment_columns() }},
        {% for months in [6, 12] -%}
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
        coalesce(monthly.month_start, longer.month_start) as month_start,
        coalesce(monthly.segment_dimension, longer.segment_dimension) as segment_dimension,
        coalesce(monthly.segment_value, longer.segment_value) as segment_value,
        coalesce(monthly.opening_customers, 0) as opening_customers,
        coalesce(monthly.new_customers, 0) as new_customers,
        coalesce(monthly.reactivated_customers, 0) as reactivated_customers,
        coalesce(monthly.churned_customers, 0) as churned_customers,
        coalesce(monthly.closing_customers, 0) as closing_customers,
        coalesce(monthly.involuntary_churned_customers, 0) as involuntary_churned_customers,
        {{ rate('monthly.churned_customers', 'monthly.opening_customers') }} as customer_churn_rate,
        {{ rate('monthly.opening_customers - monthly.churned_customers', 'monthly.opening_customers') }}
            as continuation_rate,
        {{ rate('monthly.closing_customers - monthly.new_customers', 'monthly.opening_customers') }} as retention_rate,
        {% for months in [6, 12] -%}
        {{ rate('longer.opening_' ~ months ~ 'm - longer.continued_' ~ months ~ 'm', 'longer.opening_' ~ months ~ 'm') }}
            as customer_churn_rate_{{ months }}m,
        {{ rate('longer.continued_' ~ months ~ 'm', 'longer.opening_' ~ months ~ 'm') }}
            as continuation_rate_{{ months }}m,
        {{ rate('longer.retained_' ~ months ~ 'm', 'longer.opening_' ~ months ~ 'm') }} as retention_rate_{{ months }}m,
        {% endfor -%}
        {{ rate('monthly.cs_controllable_churned_customers', 'monthly.opening_customers') }}
            as cs_controllable_churn_rate
    from monthly
    full outer join longer
        on
            monthly.month_start = longer.month_start
            and monthly.segment_dimension = longer.segment_dimension
            and monthly.segment_value = longer.segment_value
)

select * from final
