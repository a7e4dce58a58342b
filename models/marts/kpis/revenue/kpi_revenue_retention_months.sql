with account_months as (
    select * from {{ ref('fct_account_months') }}
),

retention_windows as (
    select * from {{ ref('fct_account_retention_windows') }}
    where window_months = 12
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

yearly as (
    select
        month_start,
        {{ segment_columns() }},
        sum(case when is_base_customer then base_mrr else 0 end) as base,
        sum(case when is_base_customer then closing_mrr else 0 end) as closing,
        sum(case when is_base_customer then least(base_mrr, closing_mrr) else 0 end) as retained
    from retention_windows
    {{ group_by_segments(['month_start']) }}
),

final as (
    select
        coalesce(monthly.month_start, yearly.month_start) as month_start,
        coalesce(monthly.segment_dimension, yearly.segment_dimension) as segment_dimension,
        coalesce(monthly.segment_value, yearly.segment_value) as segment_value,
        cast(coalesce(monthly.opening_mrr, 0) as decimal(18, 4)) as opening_mrr,
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
        {{ rate('yearly.closing', 'yearly.base') }} as nrr_12m_rate,
        {{ rate('yearly.retained', 'yearly.base') }} as grr_12m_rate
    from monthly
    full outer join yearly
        on
            monthly.month_start = yearly.month_start
            and monthly.segment_dimension = yearly.segment_dimension
            and monthly.segment_value = yearly.segment_value
)

select * from final
