-- MRR of each account and month over all currencies, with the cohort month and the MRR paid so far.
with currency_months as (
    select * from {{ ref('int_account_currency_months') }}
),

totals as (
    select
        account_id,
        month_start,
        cast(sum(opening_mrr) as decimal(18, 4)) as opening_mrr,
        cast(sum(opening_mrr_at_close_rate) as decimal(18, 4)) as opening_mrr_at_close_rate,
        cast(sum(closing_mrr) as decimal(18, 4)) as closing_mrr
    from currency_months
    group by account_id, month_start
),

final as (
    select
        *,
        min(case when closing_mrr > 0 then month_start end) over (partition by account_id) as cohort_month,
        cast(
            sum(closing_mrr) over (
                partition by account_id order by month_start rows between unbounded preceding and current row
            ) as decimal(18, 4)
        ) as realised_ltv
    from totals
)

select * from final
