-- Closing MRR in products, and in add-on plans, of which the account had none at the month's open.
with plan_months as (
    select * from {{ ref('int_account_plan_months') }}
),

newly_held_plans as (
    select
        account_id,
        month_start,
        product_id,
        plan_id,
        is_addon
    from plan_months
    group by account_id, month_start, product_id, plan_id, is_addon
    having sum(opening_local) = 0 and sum(closing_local) > 0
),

held_products as (
    select distinct
        account_id,
        month_start,
        product_id
    from plan_months
    where opening_local > 0
),

cross_sold_plans as (
    select newly_held_plans.*
    from newly_held_plans
    left join held_products
        on
            newly_held_plans.account_id = held_products.account_id
            and newly_held_plans.month_start = held_products.month_start
            and newly_held_plans.product_id = held_products.product_id
    where newly_held_plans.is_addon or held_products.account_id is null
),

final as (
    select
        plan_months.account_id,
        plan_months.month_start,
        plan_months.currency,
        cast(sum(plan_months.closing_local) as decimal(18, 4)) as new_product_local
    from plan_months
    inner join cross_sold_plans
        on
            plan_months.account_id = cross_sold_plans.account_id
            and plan_months.month_start = cross_sold_plans.month_start
            and plan_months.plan_id = cross_sold_plans.plan_id
    group by plan_months.account_id, plan_months.month_start, plan_months.currency
)

select * from final
