-- The touch models of a month hold every customer and all MRR.
with by_model as (
    select
        month_start,
        sum(customers) as customers,
        sum(mrr) as mrr
    from {{ ref('kpi_touch_models') }}
    group by month_start
),

everyone as (
    select
        retention.month_start,
        retention.closing_customers,
        mrr_months.closing_mrr
    from {{ ref('kpi_customer_retention_months') }} as retention
    inner join {{ ref('kpi_mrr_months') }} as mrr_months
        on
            retention.month_start = mrr_months.month_start
            and mrr_months.segment_dimension = 'all'
    where retention.segment_dimension = 'all'
)

select
    everyone.month_start,
    everyone.closing_customers,
    everyone.closing_mrr,
    by_model.customers,
    by_model.mrr
from everyone
left join by_model on everyone.month_start = by_model.month_start
where
    everyone.closing_customers != coalesce(by_model.customers, 0)
    or everyone.closing_mrr != coalesce(by_model.mrr, 0)
