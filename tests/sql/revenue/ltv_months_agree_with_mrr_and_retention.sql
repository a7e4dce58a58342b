-- ARPA × customers is MRR, but for rounding, and a churn rate is the same in every mart that shows it.
with ltv_months as (
    select * from {{ ref('kpi_ltv_months') }}
),

mrr_months as (
    select * from {{ ref('kpi_mrr_months') }}
),

customer_months as (
    select * from {{ ref('kpi_customer_retention_months') }}
)

select
    ltv_months.month_start,
    ltv_months.segment_dimension,
    ltv_months.segment_value,
    ltv_months.arpa,
    customer_months.closing_customers,
    mrr_months.closing_mrr,
    ltv_months.customer_churn_rate,
    customer_months.customer_churn_rate as retention_customer_churn_rate
from ltv_months
left join mrr_months
    on
        ltv_months.month_start = mrr_months.month_start
        and ltv_months.segment_dimension = mrr_months.segment_dimension
        and ltv_months.segment_value = mrr_months.segment_value
left join customer_months
    on
        ltv_months.month_start = customer_months.month_start
        and ltv_months.segment_dimension = customer_months.segment_dimension
        and ltv_months.segment_value = customer_months.segment_value
where
    coalesce(
        abs(coalesce(ltv_months.arpa, 0) * customer_months.closing_customers - mrr_months.closing_mrr)
        > 0.0001 * customer_months.closing_customers,
        true
    )
    or coalesce(ltv_months.customer_churn_rate, -1) != coalesce(customer_months.customer_churn_rate, -1)
