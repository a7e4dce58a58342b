-- Cross-sell: closing MRR in products, and in add-on plans, in which the account had none at the month's opening.
with plan_months as (
    select * from {{ ref('int_account_plan_months') }}
),

currency_months as (
    select * from {{ ref('int_account_currency_months') }}
),

month_rates as (
    select * from {{ ref('int_month_rates') }}
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

new_product_currencies as (
    select
        plan_months.account_id,
        plan_months.month_start,
        plan_months.currency,
        sum(plan_months.closing_local) as new_product_local
    from plan_months
    inner join cross_sold_plans
        on
            plan_months.account_id = cross_sold_plans.account_id
            and plan_months.month_start = cross_sold_plans.month_start
            and plan_months.plan_id = cross_sold_plans.plan_id
    group by plan_months.account_id, plan_months.month_start, plan_months.currency
),

-- Closing MRR minus closing MRR without the new products, so that both parts add up in spite of rounding.
final as (
    select
        new_product_currencies.account_id,
        new_product_currencies.month_start,
        cast(
            sum(
                currency_months.closing_mrr
                - {{ converted('currency_months.closing_local - new_product_currencies.new_product_local', 'month_rates.rate_to_reporting') }}
            ) as decimal(18, 4)
        ) as new_product_mrr
    from new_product_currencies
    inner join currency_months
        on
            new_product_currencies.account_id = currency_months.account_id
            and new_product_currencies.month_start = currency_months.month_start
            and new_product_currencies.currency = currency_months.currency
    inner join month_rates
        on
            new_product_currencies.month_start = month_rates.month_start
            and new_product_currencies.currency = month_rates.currency
    group by new_product_currencies.account_id, new_product_currencies.month_start
)

select * from final
