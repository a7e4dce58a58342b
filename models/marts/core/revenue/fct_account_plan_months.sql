-- MRR by plan that adds up to the account's: each plan is converted and rounded by itself, and what rounding leaves over
-- goes to the plan with the largest MRR.
with plan_months as (
    select * from {{ ref('int_account_plan_months') }}
),

totals as (
    select * from {{ ref('int_account_month_totals') }}
    where opening_mrr > 0 or closing_mrr > 0
),

month_rates as (
    select * from {{ ref('int_month_rates') }}
),

converted_months as (
    select
        plan_months.account_id,
        plan_months.month_start,
        plan_months.plan_id,
        plan_months.product_id,
        plan_months.is_addon,
        sum(
            case
                when plan_months.opening_local = 0 then cast(0 as decimal(18, 4))
                else {{ converted('plan_months.opening_local', 'previous_rates.rate_to_reporting') }}
            end
        ) as opening_mrr,
        sum({{ converted('plan_months.opening_local', 'rates.rate_to_reporting') }}) as opening_mrr_at_close_rate,
        sum({{ converted('plan_months.closing_local', 'rates.rate_to_reporting') }}) as closing_mrr
    from plan_months
    inner join month_rates as rates
        on plan_months.month_start = rates.month_start and plan_months.currency = rates.currency
    left join month_rates as previous_rates
        on
            {{ add_months('plan_months.month_start', -1) }} = previous_rates.month_start
            and plan_months.currency = previous_rates.currency
    group by
        plan_months.account_id, plan_months.month_start, plan_months.plan_id, plan_months.product_id,
        plan_months.is_addon
),

remainders as (
    select
        totals.account_id,
        totals.month_start,
        totals.opening_mrr - sum(converted_months.opening_mrr) as opening_remainder,
        totals.opening_mrr_at_close_rate - sum(converted_months.opening_mrr_at_close_rate) as close_rate_remainder,
        totals.closing_mrr - sum(converted_months.closing_mrr) as closing_remainder
    from totals
    inner join converted_months
        on totals.account_id = converted_months.account_id and totals.month_start = converted_months.month_start
    group by
        totals.account_id, totals.month_start, totals.opening_mrr, totals.opening_mrr_at_close_rate,
        totals.closing_mrr
),

placed_plans as (
    select
        converted_months.account_id,
        converted_months.month_start,
        converted_months.plan_id,
        remainders.opening_remainder,
        remainders.close_rate_remainder,
        remainders.closing_remainder,
        row_number() over (
            partition by converted_months.account_id, converted_months.month_start
            order by converted_months.opening_mrr desc, converted_months.plan_id asc
        ) as opening_place,
        row_number() over (
            partition by converted_months.account_id, converted_months.month_start
            order by converted_months.opening_mrr_at_close_rate desc, converted_months.plan_id asc
        ) as close_rate_place,
        row_number() over (
            partition by converted_months.account_id, converted_months.month_start
            order by converted_months.closing_mrr desc, converted_months.plan_id asc
        ) as closing_place
    from converted_months
    inner join remainders
        on converted_months.account_id = remainders.account_id and converted_months.month_start = remainders.month_start
    where
        remainders.opening_remainder != 0
        or remainders.close_rate_remainder != 0
        or remainders.closing_remainder != 0
),

whole_months as (
    select
        converted_months.account_id,
        converted_months.month_start,
        converted_months.plan_id,
        converted_months.product_id,
        converted_months.is_addon,
        converted_months.opening_mrr
        + case when placed_plans.opening_place = 1 then placed_plans.opening_remainder else 0 end as opening_mrr,
        converted_months.opening_mrr_at_close_rate
        + case when placed_plans.close_rate_place = 1 then placed_plans.close_rate_remainder else 0 end
            as opening_mrr_at_close_rate,
        converted_months.closing_mrr
        + case when placed_plans.closing_place = 1 then placed_plans.closing_remainder else 0 end as closing_mrr
    from converted_months
    inner join totals
        on converted_months.account_id = totals.account_id and converted_months.month_start = totals.month_start
    left join placed_plans
        on
            converted_months.account_id = placed_plans.account_id
            and converted_months.month_start = placed_plans.month_start
            and converted_months.plan_id = placed_plans.plan_id
),

final as (
    select
        account_id,
        plan_id,
        product_id,
        is_addon,
        cast(opening_mrr as decimal(18, 4)) as opening_mrr,
        cast(opening_mrr_at_close_rate - opening_mrr as decimal(18, 4)) as fx_impact_mrr,
        cast(closing_mrr as decimal(18, 4)) as closing_mrr,
        month_start
    from whole_months
    where opening_mrr != 0 or opening_mrr_at_close_rate != 0 or closing_mrr != 0
)

select * from final
