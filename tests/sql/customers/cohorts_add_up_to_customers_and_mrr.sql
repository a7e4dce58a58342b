-- Every customer of a month is in one cohort: over all cohorts active customers and MRR are those of the
-- month's close.
with cohorts as (
    select
        {{ add_months('cohort_month', 'months_since') }} as month_start,
        segment_dimension,
        sum(active_customers) as active_customers,
        sum(active_mrr) as active_mrr
    from {{ ref('kpi_retention_cohorts') }}
    group by {{ add_months('cohort_month', 'months_since') }}, segment_dimension
),

dimensions as (
    select distinct segment_dimension from cohorts
),

account_months as (
    select
        month_start,
        {{ count_where('is_closing_customer') }} as closing_customers,
        sum(closing_mrr) as closing_mrr
    from {{ ref('fct_account_months') }}
    group by month_start
),

closings as (
    select
        dimensions.segment_dimension,
        account_months.month_start,
        account_months.closing_customers,
        account_months.closing_mrr
    from account_months
    cross join dimensions
)

select
    coalesce(cohorts.month_start, closings.month_start) as month_start,
    coalesce(cohorts.segment_dimension, closings.segment_dimension) as segment_dimension,
    cohorts.active_customers,
    closings.closing_customers,
    cohorts.active_mrr,
    closings.closing_mrr
from cohorts
full outer join closings
    on cohorts.month_start = closings.month_start and cohorts.segment_dimension = closings.segment_dimension
where
    coalesce(cohorts.active_customers, 0) != coalesce(closings.closing_customers, 0)
    or coalesce(cohorts.active_mrr, 0) != coalesce(closings.closing_mrr, 0)
