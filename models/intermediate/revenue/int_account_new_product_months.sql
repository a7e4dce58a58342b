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

begun_plans as (
    select * from plan_months
    where opening_local = 0 and closing_local > 0
),

begun_months as (
    select distinct
        account_id,
        month_start
    from begun_plans
),

held_plans as (
    select distinct
        plan_months.account_id,
        plan_months.month_start,
        plan_months.product_id,
        plan_months.plan_id
    from plan_months
    inner join begun_months
        on plan_months.account_id = begun_months.account_id and plan_months.month_start = begun_months.month_start
    where plan_months.opening_local > 0
),

held_products as (
    select distinct
        account_id,
        month_start,
        product_id
    from held_plans
),

-- A plan that is paid in another currency than before is not new.
cross_sold_plans as (
    select begun_plans.*
    from begun_plans
    left join held_plans
        on
            begun_plans.account_id = held_plans.account_id
            and begun_plans.month_start = held_plans.month_start
            and begun_plans.plan_id = held_plans.plan_id
    left join held_products
        on
            begun_plans.account_id = held_products.account_id
            and begun_plans.month_start = held_products.month_start
            and begun_plans.product_id = held_products.product_id
    where held_plans.plan_id is null and (begun_plans.is_addon or held_products.product_id is null)
),

new_product_currencies as (
    select
        account_id,
        month_start,
        currency,
        sum(closing_local) as new_product_local
    from cross_sold_plans
    group by account_id, month_start, currency
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
