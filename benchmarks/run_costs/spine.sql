-- The usual design of MRR movements: a row per account and month, periods joined by a range of dates, the month before
-- by lag, amounts as doubles. It reads the repaired periods, the months and the rates that the warehouse reads too.
create or replace table benchmark.spine_account_months as
with periods as (
    select
        account_id,
        currency,
        cast(mrr_local as double) as mrr_local,
        started_on,
        coalesce(ended_on, date '9999-12-31') as ended_on
    from intermediate.int_subscription_periods
    where is_counted
),

rates as (
    select month_start, currency, cast(rate_to_reporting as double) as rate
    from intermediate.int_month_rates
),

accounts as (
    select account_id, date_trunc('month', min(started_on)) as first_month_start
    from periods
    group by account_id
),

account_months as (
    select accounts.account_id, months.month_start, months.closes_on
    from accounts
    inner join intermediate.int_months as months on accounts.first_month_start <= months.month_start
),

mrr_months as (
    select
        account_months.account_id,
        account_months.month_start,
        coalesce(round(sum(periods.mrr_local * rates.rate), 4), 0) as mrr
    from account_months
    left join periods
        on
            account_months.account_id = periods.account_id
            and account_months.closes_on >= periods.started_on
            and account_months.closes_on < periods.ended_on
    left join rates
        on account_months.month_start = rates.month_start and periods.currency = rates.currency
    group by account_months.account_id, account_months.month_start
),

compared_months as (
    select
        *,
        lag(mrr, 1, 0) over (partition by account_id order by month_start) as previous_mrr,
        min(case when mrr > 0 then month_start end) over (partition by account_id) as cohort_month
    from mrr_months
)

select
    account_id,
    month_start,
    mrr,
    mrr - previous_mrr as mrr_change,
    case
        when previous_mrr = 0 and mrr > 0 and month_start = cohort_month then 'new'
        when previous_mrr = 0 and mrr > 0 then 'reactivation'
        when previous_mrr > 0 and mrr = 0 then 'churn'
        when mrr > previous_mrr then 'expansion'
        when mrr < previous_mrr then 'contraction'
    end as movement_type
from compared_months;

create or replace table benchmark.spine_months as
select
    cast(month_start as date) as month_start,
    sum(mrr) as closing_mrr,
    coalesce(sum(mrr_change) filter (where movement_type = 'new'), 0) as new_mrr,
    coalesce(sum(mrr_change) filter (where movement_type = 'reactivation'), 0) as reactivated_mrr,
    coalesce(sum(mrr_change) filter (where movement_type = 'expansion'), 0) as expansion_mrr,
    coalesce(-sum(mrr_change) filter (where movement_type = 'contraction'), 0) as contraction_mrr,
    coalesce(-sum(mrr_change) filter (where movement_type = 'churn'), 0) as churned_mrr
from benchmark.spine_account_months
group by month_start;
