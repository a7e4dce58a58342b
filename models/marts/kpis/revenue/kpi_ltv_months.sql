with account_months as (
    select * from {{ ref('fct_account_months') }}
),

months as (
    select * from {{ ref('dim_months') }}
),

first_month as (
    select min(month_start) as month_start from months
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        {{ count_where('is_opening_customer') }} as opening_customers,
        {{ count_where('is_churned') }} as churned_customers,
        {{ count_where('is_closing_customer') }} as closing_customers,
        sum(closing_mrr) as closing_mrr,
        sum(case when is_closing_customer then realised_ltv else 0 end) as realised_ltv
    from account_months
    {{ group_by_segments(['month_start']) }}
),

numbered as (
    select
        summed.*,
        {{ months_between('first_month.month_start', 'summed.month_start') }} as month_number
    from summed
    cross join first_month
),

-- A mean monthly rate: a bad month counts for as many customers as it had.
yearly as (
    select
        *,
        sum(churned_customers) over (
            partition by segment_dimension, segment_value order by month_number
            range between 11 preceding and current row
        ) as churned_customers_12m,
        sum(opening_customers) over (
            partition by segment_dimension, segment_value order by month_number
            range between 11 preceding and current row
        ) as opening_customers_12m
    from numbered
),

rated as (
    select
        *,
        {{ rate('closing_mrr', 'closing_customers') }} as arpa,
        {{ rate('churned_customers', 'opening_customers') }} as churn_rate,
        case when month_number >= 11 then {{ rate('churned_customers_12m', 'opening_customers_12m') }} end
            as churn_rate_12m
    from yearly
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        {{ mean_amount('closing_mrr', 'closing_customers') }} as arpa,
        churn_rate as customer_churn_rate,
        churn_rate_12m as customer_churn_rate_12m,
        {{ double_as_decimal('arpa * ' ~ var('gross_margin_rate') ~ ' / nullif(churn_rate, 0)', 'decimal(18, 4)') }} as ltv,
        {{ double_as_decimal('arpa * ' ~ var('gross_margin_rate') ~ ' / nullif(churn_rate_12m, 0)', 'decimal(18, 4)') }}
            as ltv_12m,
        {{ mean_amount('realised_ltv', 'closing_customers') }} as average_realised_ltv,
        cast(null as decimal(18, 4)) as cac,
        cast(null as double) as payback_months,
        cast(null as double) as ltv_to_cac
    from rated
)

select * from final
