with cancellations as (
    select * from {{ ref('fct_cancellations') }}
),

churned_accounts as (
    select * from {{ ref('fct_account_months') }}
    where is_churned and churn_reason_code is not null
),

reasons as (
    select * from {{ ref('cancellation_reasons') }}
),

departments as (
    select * from {{ ref('departments') }}
),

-- The month of the reason and of the churn can differ.
reasons_and_churns as (
    select
        month_start,
        reason_code,
        account_id,
        is_still_paying,
        1 as cancellations,
        cast(0 as decimal(18, 4)) as mrr_lost,
        false as is_churned
    from cancellations
    union all
    select
        month_start,
        churn_reason_code as reason_code,
        account_id,
        false as is_still_paying,
        0 as cancellations,
        churned_mrr as mrr_lost,
        true as is_churned
    from churned_accounts
),

summed as (
    select
        month_start,
        reason_code,
        sum(cancellations) as cancellations,
        count(distinct account_id) as accounts,
        count(distinct case when is_churned then account_id end) as churned_accounts,
        count(distinct case when is_still_paying then account_id end) as still_paying_accounts,
        sum(mrr_lost) as mrr_lost
    from reasons_and_churns
    group by month_start, reason_code
),

final as (
    select
        summed.month_start,
        summed.reason_code,
        reasons.label_en,
        reasons.label_ja,
        coalesce(reasons.department, 'unknown') as department,
        departments.label_en as department_label_en,
        departments.label_ja as department_label_ja,
        coalesce(reasons.is_cs_controllable, false) as is_cs_controllable,
        cast(summed.cancellations as bigint) as cancellations,
        cast(summed.accounts as bigint) as accounts,
        cast(summed.churned_accounts as bigint) as churned_accounts,
        cast(summed.still_paying_accounts as bigint) as still_paying_accounts,
        cast(summed.mrr_lost as decimal(18, 4)) as mrr_lost
    from summed
    left join reasons on summed.reason_code = reasons.reason_code
    left join departments on coalesce(reasons.department, 'unknown') = departments.department
)

select * from final
