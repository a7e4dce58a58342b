-- MRR of each account and month with the attributes that hold for the month: plan, tenure, touch model, lifecycle stage, and
-- manager, team and region where account_assignments says them.
with totals as (
    select * from {{ ref('int_account_month_totals') }}
),

main_plans as (
    select * from {{ ref('int_account_main_plans') }}
),

touch_models as (
    select * from {{ ref('int_account_touch_models') }}
),

tenure_bands as (
    select * from {{ ref('tenure_bands') }}
),

lifecycle_stages as (
    select * from {{ ref('int_account_lifecycle_stages') }}
),

assignments as (
    select * from {{ ref('int_account_assignment_months') }}
),

-- Tenure is as of the close; for an account that left, as of the opening.
tenured as (
    select
        *,
        cast(
            greatest(
                coalesce({{ months_between('cohort_month', 'month_start') }}, 0)
                - case when closing_mrr = 0 then 1 else 0 end,
                0
            ) as bigint
        ) as tenure_months
    from totals
),

final as (
    select
        tenured.account_id,
        tenured.month_start,
        tenured.opening_mrr,
        tenured.opening_mrr_at_close_rate,
        tenured.closing_mrr,
        tenured.realised_ltv,
        touch_models.predicted_ltv,
        tenured.cohort_month,
        tenured.tenure_months,
        tenure_bands.tenure_band,
        main_plans.plan_id,
        main_plans.product_id,
        coalesce(touch_models.touch_model, 'unknown') as touch_model,
        lifecycle_stages.lifecycle_stage,
        assignments.csm_id,
        assignments.cs_team,
        assignments.region
    from tenured
    inner join main_plans
        on tenured.account_id = main_plans.account_id and tenured.month_start = main_plans.month_start
    left join touch_models
        on tenured.account_id = touch_models.account_id and tenured.month_start = touch_models.month_start
    left join lifecycle_stages
        on tenured.account_id = lifecycle_stages.account_id and tenured.month_start = lifecycle_stages.month_start
    left join assignments
        on tenured.account_id = assignments.account_id and tenured.month_start = assignments.month_start
    left join tenure_bands
        on
            tenured.tenure_months >= tenure_bands.from_month
            and (tenured.tenure_months < tenure_bands.to_month or tenure_bands.to_month is null)
)

select * from final
