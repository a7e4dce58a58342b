-- Each product and plan rolls from its opening to its close, opens as it closed, and is the sum of its parts.
{%- set amounts = [
    'opening_mrr', 'new_customer_mrr', 'cross_sell_mrr', 'expansion_mrr', 'contraction_mrr', 'removed_mrr',
    'churned_mrr', 'fx_impact_mrr', 'closing_mrr'
] %}
with product_months as (
    select * from {{ ref('kpi_product_mrr_months') }}
),

last_month as (
    select max(month_start) as month_start from {{ ref('dim_months') }}
),

rolled as (
    select
        'does not roll forward' as problem,
        month_start,
        product_id,
        plan_id
    from product_months
    where
        closing_mrr != opening_mrr + new_customer_mrr + cross_sell_mrr + expansion_mrr + plan_switched_in_mrr
        - contraction_mrr - removed_mrr - plan_switched_out_mrr - churned_mrr + fx_impact_mrr
),

previous_months as (
    select
        {{ add_months('product_months.month_start', 1) }} as month_start,
        product_months.product_id,
        product_months.plan_id,
        product_months.closing_mrr
    from product_months
    inner join last_month on product_months.month_start < last_month.month_start
    where product_months.closing_mrr != 0
),

opened as (
    select
        'does not open as it closed' as problem,
        coalesce(product_months.month_start, previous_months.month_start) as month_start,
        coalesce(product_months.product_id, previous_months.product_id) as product_id,
        coalesce(product_months.plan_id, previous_months.plan_id) as plan_id
    from product_months
    full outer join previous_months
        on
            product_months.month_start = previous_months.month_start
            and product_months.product_id = previous_months.product_id
            and product_months.plan_id = previous_months.plan_id
    where coalesce(product_months.opening_mrr, 0) != coalesce(previous_months.closing_mrr, 0)
),

-- A switch of plans moves a plan and not its product, so of plans only the money held adds up.
plan_sums as (
    select
        month_start,
        product_id,
        sum(case when plan_id = 'all' then -opening_mrr else opening_mrr end) as opening_gap,
        sum(case when plan_id = 'all' then -closing_mrr else closing_mrr end) as closing_gap
    from product_months
    where product_id != 'all'
    group by month_start, product_id
),

product_sums as (
    select
        month_start,
        {%- for amount in amounts %}
        sum(case when product_id = 'all' then -{{ amount }} else {{ amount }} end) as {{ amount }}_gap{{ ',' if not loop.last }}
        {%- endfor %}
    from product_months
    where plan_id = 'all'
    group by month_start
)

select * from rolled
union all
select * from opened
union all
select
    'plans are not the product' as problem,
    month_start,
    product_id,
    'all' as plan_id
from plan_sums
where opening_gap != 0 or closing_gap != 0
union all
select
    'products are not all' as problem,
    month_start,
    'all' as product_id,
    'all' as plan_id
from product_sums
where
    {%- for amount in amounts %}
    {{ 'or ' if not loop.first }}{{ amount }}_gap != 0
    {%- endfor %}
