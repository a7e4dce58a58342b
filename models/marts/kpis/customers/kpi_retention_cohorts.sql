with account_months as (
    select * from {{ ref('fct_account_months') }}
    where is_closing_customer
),

months as (
    select * from {{ ref('dim_months') }}
),

-- An account keeps the segment that it had in its first month.
first_months as (
    select * from account_months
    where month_start = cohort_month
),

cohort_account_months as (
    select
        first_months.*,
        later_months.closing_mrr as later_mrr,
        {{ months_between('first_months.cohort_month', 'later_months.month_start') }} as months_since
    from first_months
    inner join account_months as later_months on first_months.account_id = later_months.account_id
),

cohort_months as (
    select
        cohort_month,
        months_since,
        {{ segment_columns() }},
        cast(count(*) as bigint) as active_customers,
        cast(sum(later_mrr) as decimal(18, 4)) as active_mrr
    from cohort_account_months
    {{ group_by_segments(['cohort_month', 'months_since']) }}
),

-- Each cohort has a row for every month up to the as-of date, also where no customer is left.
expected_months as (
    select
        cohort_months.cohort_month,
        {{ months_between('cohort_months.cohort_month', 'months.month_start') }} as months_since,
        cohort_months.segment_dimension,
        cohort_months.segment_value,
        cohort_months.active_customers as cohort_customers,
        cohort_months.active_mrr as cohort_mrr
    from cohort_months
    inner join months on cohort_months.cohort_month <= months.month_start
    where cohort_months.months_since = 0
),

final as (
    select
        expected_months.cohort_month,
        expected_months.months_since,
        expected_months.segment_dimension,
        expected_months.segment_value,
        expected_months.cohort_customers,
        coalesce(cohort_months.active_customers, 0) as active_customers,
        {{ rate('coalesce(cohort_months.active_customers, 0)', 'expected_months.cohort_customers') }} as customer_retention_rate,
        expected_months.cohort_mrr,
        coalesce(cohort_months.active_mrr, cast(0 as decimal(18, 4))) as active_mrr,
        {{ rate('coalesce(cohort_months.active_mrr, 0)', 'expected_months.cohort_mrr') }} as revenue_retention_rate
    from expected_months
    left join cohort_months
        on
            expected_months.cohort_month = cohort_months.cohort_month
            and expected_months.months_since = cohort_months.months_since
            and expected_months.segment_dimension = cohort_months.segment_dimension
            and expected_months.segment_value = cohort_months.segment_value
)

select * from final
