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

followed as (
    select
        first_months.*,
        later_months.closing_mrr as later_mrr,
        {{ months_between('first_months.cohort_month', 'later_months.month_start') }} as months_since
    from first_months
    inner join account_months as later_months on first_months.account_id = later_months.account_id
),

active as (
    select
        cohort_month,
        months_since,
        {{ segment_columns() }},
        cast(count(*) as bigint) as active_customers,
        cast(sum(later_mrr) as decimal(18, 4)) as active_mrr
    from followed
    {{ group_by_segments(['cohort_month', 'months_since']) }}
),

-- Every cohort shows every month until now, also those in which nobody is left.
expected as (
    select
        active.cohort_month,
        {{ months_between('active.cohort_month', 'months.month_start') }} as months_since,
        active.segment_dimension,
        active.segment_value,
        active.active_customers as cohort_customers,
        active.active_mrr as cohort_mrr
    from active
    inner join months on active.cohort_month <= months.month_start
    where active.months_since = 0
),

final as (
    select
        expected.cohort_month,
        expected.months_since,
        expected.segment_dimension,
        expected.segment_value,
        expected.cohort_customers,
        coalesce(active.active_customers, 0) as active_customers,
        {{ rate('coalesce(active.active_customers, 0)', 'expected.cohort_customers') }} as customer_retention_rate,
        expected.cohort_mrr,
        coalesce(active.active_mrr, cast(0 as decimal(18, 4))) as active_mrr,
        {{ rate('coalesce(active.active_mrr, 0)', 'expected.cohort_mrr') }} as revenue_retention_rate
    from expected
    left join active
        on
            expected.cohort_month = active.cohort_month
            and expected.months_since = active.months_since
            and expected.segment_dimension = active.segment_dimension
            and expected.segment_value = active.segment_value
)

select * from final
