{{ config(materialized='view') }}

-- The plan and the product with the largest MRR: at the month's close, or at its opening for an account without MRR at
-- the close. Only accounts with several plans need ranking.
with account_months as (
    select
        account_id,
        month_start,
        count(*) as plans,
        min(plan_id) as plan_id,
        min(product_id) as product_id
    from {{ ref('int_account_plan_months') }}
    group by account_id, month_start
),

plan_months as (
    select
        plan_months.account_id,
        plan_months.month_start,
        plan_months.plan_id,
        plan_months.product_id,
        sum({{ converted('plan_months.closing_local', 'month_rates.rate_to_reporting') }}) as closing_mrr,
        sum({{ converted('plan_months.opening_local', 'month_rates.rate_to_reporting') }}) as opening_mrr
    from {{ ref('int_account_plan_months') }} as plan_months
    inner join {{ ref('int_month_rates') }} as month_rates
        on plan_months.month_start = month_rates.month_start and plan_months.currency = month_rates.currency
    inner join account_months
        on plan_months.account_id = account_months.account_id and plan_months.month_start = account_months.month_start
    where account_months.plans > 1
    group by plan_months.account_id, plan_months.month_start, plan_months.plan_id, plan_months.product_id
),

product_months as (
    select
        account_id,
        month_start,
        product_id,
        sum(closing_mrr) as closing_mrr,
        sum(opening_mrr) as opening_mrr
    from plan_months
    group by account_id, month_start, product_id
),

ranked_plans as (
    select
        account_id,
        month_start,
        plan_id,
        row_number() over (
            partition by account_id, month_start
            order by closing_mrr desc, case when closing_mrr = 0 then opening_mrr end desc nulls last, plan_id
        ) as place
    from plan_months
),

ranked_products as (
    select
        account_id,
        month_start,
        product_id,
        row_number() over (
            partition by account_id, month_start
            order by closing_mrr desc, case when closing_mrr = 0 then opening_mrr end desc nulls last, product_id
        ) as place
    from product_months
),

final as (
    select
        account_id,
        month_start,
        plan_id,
        product_id
    from account_months
    where plans = 1
    union all
    select
        ranked_plans.account_id,
        ranked_plans.month_start,
        ranked_plans.plan_id,
        ranked_products.product_id
    from ranked_plans
    inner join ranked_products
        on
            ranked_plans.account_id = ranked_products.account_id
            and ranked_plans.month_start = ranked_products.month_start
    where ranked_plans.place = 1 and ranked_products.place = 1
)

select * from final
