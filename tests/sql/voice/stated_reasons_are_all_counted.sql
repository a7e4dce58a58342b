-- Every stated reason is counted in one month under one reason.
with facts as (
    select
        month_start,
        reason_code,
        count(*) as cancellations,
        {{ count_where('is_still_paying') }} as still_paying
    from {{ ref('fct_cancellations') }}
    group by month_start, reason_code
),

months as (
    select * from {{ ref('kpi_churn_reason_months') }}
)

select
    coalesce(facts.month_start, months.month_start) as month_start,
    coalesce(facts.reason_code, months.reason_code) as reason_code,
    facts.cancellations as cancellations_of_fact,
    months.cancellations
from facts
full outer join months on facts.month_start = months.month_start and facts.reason_code = months.reason_code
where
    coalesce(facts.cancellations, 0) != coalesce(months.cancellations, 0)
    or months.still_paying_accounts > coalesce(facts.still_paying, 0)
    or months.accounts > months.cancellations + months.churned_accounts
