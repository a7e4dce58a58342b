-- In month 0 every customer of a cohort is active, and its active MRR is the cohort's MRR.
select
    cohort_month,
    months_since,
    segment_dimension,
    segment_value,
    cohort_customers,
    active_customers,
    customer_retention_rate,
    cohort_mrr,
    active_mrr,
    revenue_retention_rate
from {{ ref('kpi_retention_cohorts') }}
where
    months_since = 0
    and (
        active_customers != cohort_customers
        or active_mrr != cohort_mrr
        or coalesce(customer_retention_rate != 1, true)
        or coalesce(revenue_retention_rate != 1, true)
    )
