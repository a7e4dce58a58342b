-- Opening and closing MRR of each account and month, all currencies together, with what does not change inside a month.
with currency_months as (
    select * from {{ ref('int_account_currency_months') }}
),

main_plans as (
    select * from {{ ref('int_account_main_plans') }}
),

tenure_bands as (
    select * from {{ ref('tenure_bands') }}
),

totals as (
    select
        account_id,
        month_start,
        sum(opening_mrr) as opening_mrr,
        sum(opening_mrr_at_close_rate) as opening_mrr_at_close_rate,
        sum(closing_mrr) as closing_mrr,
        sum(new_product_mrr) as new_product_mrr
    from currency_months
    group by account_id, month_start
),

cohorts as (
    select
        *,
        min(case when closing_mrr > 0 then month_start end) over (partition by account_id) as cohort_month,
        sum(closing_mrr) over (
            partition by account_id order by month_start rows between unbounded preceding and current row
        ) as realised_ltv
    from totals
),

-- Tenure is as of the close; for an account that left, as of the open.
tenured as (
    select
        *,
        greatest(
            coalesce({{ months_between('cohort_month', 'month_start') }}, 0)
            - case when closing_mrr = 0 then 1 else 0 end,
            0
        ) as tenure_months
    from cohorts
),

final as (
    select
        tenured.account_id,
        tenured.month_start,
        cast(tenured.opening_mrr as decimal(18, 4)) as opening_mrr,
        cast(tenured.opening_mrr_at_close_rate as decimal(18, 4)) as opening_mrr_at_close_rate,
        cast(tenured.closing_mrr as decimal(18, 4)) as closing_mrr,
        cast(tenured.new_product_mrr as decimal(18, 4)) as new_product_mrr,
        cast(tenured.realised_ltv as decimal(18, 4)) as realised_ltv,
        tenured.cohort_month,
        cast(tenured.tenure_months as bigint) as tenure_months,
        tenure_bands.tenure_band,
        main_plans.plan_id,
        main_plans.product_id,
        cast('unknown' as string) as touch_model
    from tenured
    inner join main_plans
        on tenured.account_id = main_plans.account_id and tenured.month_start = main_plans.month_start
    left join tenure_bands
        on
            tenured.tenure_months >= tenure_bands.from_month
            and (tenured.tenure_months < tenure_bands.to_month or tenure_bands.to_month is null)
)

select * from final
