with account_months as (
    select * from {{ ref('fct_account_months') }}
),

retention_windows as (
    select * from {{ ref('fct_account_retention_windows') }}
    where window_months in (3, 12)
),

-- Both sides of a rate are at the exchange rate of its month.
summed as (
    select
        month_start,
        {{ segment_columns() }},
        sum(opening_mrr) as opening_mrr,
        sum(opening_mrr + fx_impact_mrr) as opening,
        sum(reactivated_mrr) as reactivated,
        sum(expansion_mrr) as expansion,
        sum(contraction_mrr) as contraction,
        sum(churned_mrr) as churned,
        sum(retained_mrr) as retained
    from account_months
    {{ group_by_segments(['month_start']) }}
),

monthly as (
    {{ every_month('summed', [
        'opening_mrr', 'opening', 'reactivated', 'expansion',
        'contraction', 'churned', 'retained'
    ]) }}
),

-- A window without customers then is NULL, so that a month has no window before its base month exists.
windowed as (
    select
        month_start,
        {{ segment_columns() }},
        {% for months in [3, 12] -%}
        {%- set is_based = 'is_base_customer and window_months = ' ~ months -%}
        sum(case when {{ is_based }} then base_mrr end) as base_{{ months }}m,
        sum(case when {{ is_based }} then closing_mrr end) as closing_{{ months }}m,
        sum(case when {{ is_based }} then least(base_mrr, closing_mrr) end) as retained_{{ months }}m
        {{- ',' if not loop.last }}
        {% endfor -%}
    from retention_windows
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        coalesce(monthly.month_start, windowed.month_start) as month_start,
        coalesce(monthly.segment_dimension, windowed.segment_dimension) as segment_dimension,
        coalesce(monthly.segment_value, windowed.segment_value) as segment_value,
        cast(coalesce(monthly.opening_mrr, 0) as decimal(18, 4)) as opening_mrr,
        {% for column, sums in [
            ('opening_mrr_at_close_fx', 'monthly.opening'),
            ('lost_mrr', 'monthly.churned + monthly.contraction'),
            ('churned_mrr', 'monthly.churned'),
            ('net_lost_mrr', 'monthly.churned + monthly.contraction - monthly.expansion'),
            ('net_churned_mrr', 'monthly.churned - monthly.expansion'),
            ('net_lost_mrr_incl_reactivation',
                'monthly.churned + monthly.contraction - monthly.expansion - monthly.reactivated'),
            ('net_retained_mrr', 'monthly.opening + monthly.expansion - monthly.contraction - monthly.churned'),
            ('retained_mrr', 'monthly.retained'),
        ] -%}
        cast(coalesce({{ sums }}, 0) as decimal(18, 4)) as {{ column }},
        {% endfor -%}
        {% for months in [3, 12] -%}
        cast(windowed.base_{{ months }}m as decimal(18, 4)) as base_mrr_{{ months }}m,
        cast(windowed.closing_{{ months }}m as decimal(18, 4)) as closing_mrr_{{ months }}m,
        cast(windowed.retained_{{ months }}m as decimal(18, 4)) as retained_mrr_{{ months }}m,
        {% endfor -%}
        {{ rate('monthly.churned + monthly.contraction', 'monthly.opening') }} as gross_revenue_churn_rate,
        {{ rate('monthly.churned', 'monthly.opening') }} as cancelled_revenue_churn_rate,
        {{ rate('monthly.churned + monthly.contraction - monthly.expansion', 'monthly.opening') }}
            as net_revenue_churn_rate,
        {{ rate('monthly.churned - monthly.expansion', 'monthly.opening') }} as cancelled_net_revenue_churn_rate,
        {{ rate('monthly.churned + monthly.contraction - monthly.expansion - monthly.reactivated', 'monthly.opening') }}
            as net_revenue_churn_rate_incl_reactivation,
        {{ rate('monthly.opening + monthly.expansion - monthly.contraction - monthly.churned', 'monthly.opening') }}
            as nrr_rate,
        {{ rate('monthly.retained', 'monthly.opening') }} as grr_rate,
        {% for months in [3, 12] -%}
        {{ rate('windowed.closing_' ~ months ~ 'm', 'windowed.base_' ~ months ~ 'm') }} as nrr_{{ months }}m_rate,
        {{ rate('windowed.retained_' ~ months ~ 'm', 'windowed.base_' ~ months ~ 'm') }} as grr_{{ months }}m_rate
        {{- ',' if not loop.last }}
        {% endfor -%}
    from monthly
    full outer join windowed
        on
            monthly.month_start = windowed.month_start
            and monthly.segment_dimension = windowed.segment_dimension
            and monthly.segment_value = windowed.segment_value
)

select * from final
