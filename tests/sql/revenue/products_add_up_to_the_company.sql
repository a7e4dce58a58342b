-- Opening and closing MRR, exchange-rate effects and customers of all products together are the company's.
with products as (
    select * from {{ ref('kpi_product_mrr_months') }}
    where product_id = 'all'
),

company as (
    select
        mrr_months.month_start,
        mrr_months.opening_mrr,
        mrr_months.fx_impact_mrr,
        mrr_months.closing_mrr,
        customers.opening_customers,
        customers.closing_customers
    from {{ ref('kpi_mrr_months') }} as mrr_months
    inner join {{ ref('kpi_customer_retention_months') }} as customers
        on mrr_months.month_start = customers.month_start and customers.segment_dimension = 'all'
    where mrr_months.segment_dimension = 'all'
)

select
    coalesce(company.month_start, products.month_start) as month_start,
    company.opening_mrr,
    products.opening_mrr as opening_mrr_of_products,
    company.closing_mrr,
    products.closing_mrr as closing_mrr_of_products
from company
full outer join products on company.month_start = products.month_start
where
    company.opening_mrr is distinct from products.opening_mrr
    or company.fx_impact_mrr is distinct from products.fx_impact_mrr
    or company.closing_mrr is distinct from products.closing_mrr
    or company.opening_customers is distinct from products.opening_customers
    or company.closing_customers is distinct from products.closing_customers
