-- What the spine has too, from the warehouse's own account months: the same movements by month.
create or replace table benchmark.common_months as
with account_months as (
    select
        *,
        closing_mrr - opening_mrr_at_close_rate as mrr_change
    from intermediate.int_account_month_totals
)

select
    month_start,
    sum(closing_mrr) as closing_mrr,
    coalesce(sum(mrr_change) filter (where opening_mrr = 0 and month_start = cohort_month), 0) as new_mrr,
    coalesce(sum(mrr_change) filter (where opening_mrr = 0 and month_start != cohort_month), 0) as reactivated_mrr,
    coalesce(sum(mrr_change) filter (where opening_mrr > 0 and closing_mrr > 0 and mrr_change > 0), 0) as expansion_mrr,
    coalesce(-sum(mrr_change) filter (where opening_mrr > 0 and closing_mrr > 0 and mrr_change < 0), 0)
        as contraction_mrr,
    coalesce(-sum(mrr_change) filter (where opening_mrr > 0 and closing_mrr = 0), 0) as churned_mrr
from account_months
group by month_start;
