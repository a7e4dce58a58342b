{%- set segment = 'monthly.segment_dimension, monthly.segment_value' -%}
with account_months as (
    select * from {{ ref('fct_account_months') }}
),

months as (
    select * from {{ ref('dim_months') }}
),

acquisition_costs as (
    select * from {{ ref('fct_acquisition_costs') }}
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        {{ count_where('is_opening_customer') }} as opening_customers,
        {{ count_where('is_churned') }} as churned_customers,
        {{ count_where('is_new') }} as new_customers,
        {{ count_where('is_closing_customer') }} as closing_customers,
        sum(closing_mrr) as closing_mrr,
        sum(case when is_closing_customer then realised_ltv else 0 end) as realised_ltv
    from account_months
    {{ group_by_segments(['month_start']) }}
),

monthly as (
    {{ every_month('summed', [
        'opening_customers', 'churned_customers', 'new_customers', 'closing_customers',
        'closing_mrr', 'realised_ltv'
    ]) }}
),

-- Costs are given by channel, so no other segment has them.
costs as (
    select
        month_start,
        case when grouping(channel) = 0 then 'acquisition_channel' else 'all' end as segment_dimension,
        case when grouping(channel) = 0 then channel else 'all' end as segment_value,
        cast(case when count(cost) = count(*) then sum(cost) end as decimal(18, 4)) as cost
    from acquisition_costs
    group by grouping sets ((month_start, channel), (month_start))
),

valued as (
    select
        monthly.*,
        {{ rate('monthly.closing_mrr', 'monthly.closing_customers') }} * {{ var('gross_margin_rate') }} as margin_per_customer,
        {{ rate('monthly.churned_customers', 'monthly.opening_customers') }} as churn_rate,
        {{ sum_of_12_months('monthly.churned_customers', 'months.month_number', segment) }} as churned_customers_12_months,
        {{ sum_of_12_months('monthly.opening_customers', 'months.month_number', segment) }} as opening_customers_12_months,
        costs.cost
    from monthly
    inner join months on monthly.month_start = months.month_start
    left join costs
        on
            monthly.month_start = costs.month_start
            and monthly.segment_dimension = costs.segment_dimension
            and monthly.segment_value = costs.segment_value
),

rated as (
    select
        *,
        {{ rate('churned_customers_12_months', 'opening_customers_12_months') }} as mean_churn_rate_12m
    from valued
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        cast(closing_mrr as decimal(18, 4)) as closing_mrr,
        closing_customers,
        cast(realised_ltv as decimal(18, 4)) as realised_ltv,
        cost as acquisition_cost,
        new_customers,
        churned_customers_12_months,
        opening_customers_12_months,
        {{ mean_amount('closing_mrr', 'closing_customers') }} as arpa,
        churn_rate as customer_churn_rate,
        mean_churn_rate_12m as customer_churn_rate_mean_12m,
        {{ double_as_decimal('margin_per_customer / nullif(churn_rate, 0)', 'decimal(18, 4)') }} as ltv,
        {{ double_as_decimal('margin_per_customer / nullif(mean_churn_rate_12m, 0)', 'decimal(18, 4)') }} as ltv_12m,
        {{ mean_amount('realised_ltv', 'closing_customers') }} as average_realised_ltv,
        {{ mean_amount('cost', 'new_customers') }} as cac,
        {{ rate('cost', 'new_customers * margin_per_customer') }} as payback_months,
        {{ rate('margin_per_customer * new_customers / nullif(mean_churn_rate_12m, 0)', 'cost') }} as ltv_to_cac
    from rated
)

select * from final
