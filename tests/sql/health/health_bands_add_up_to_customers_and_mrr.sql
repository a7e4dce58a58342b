-- Every customer is in one band: the bands of a month and segment sum to its customers and its closing MRR.
with health as (
    select
        month_start,
        segment_dimension,
        segment_value,
        sum(accounts) as accounts,
        sum(mrr) as mrr
    from {{ ref('kpi_health_months') }}
    where health_band != 'all'
    group by month_start, segment_dimension, segment_value
),

mrr as (
    select * from {{ ref('kpi_mrr_months') }}
),

customers as (
    select * from {{ ref('kpi_customer_retention_months') }}
),

final as (
    select
        mrr.month_start,
        mrr.segment_dimension,
        mrr.segment_value,
        health.accounts,
        customers.closing_customers,
        health.mrr,
        mrr.closing_mrr
    from mrr
    inner join customers
        on
            mrr.month_start = customers.month_start
            and mrr.segment_dimension = customers.segment_dimension
            and mrr.segment_value = customers.segment_value
    left join health
        on
            mrr.month_start = health.month_start
            and mrr.segment_dimension = health.segment_dimension
            and mrr.segment_value = health.segment_value
    where
        coalesce(health.accounts, 0) != customers.closing_customers
        or coalesce(health.mrr, 0) != mrr.closing_mrr
)

select * from final
