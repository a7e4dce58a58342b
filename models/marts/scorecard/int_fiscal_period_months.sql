with months as (
    select * from {{ ref('dim_months') }}
),

spans as (
    select distinct
        'quarter' as period,
        quarter_start as period_start,
        quarter_start as first_month,
        {{ add_months('quarter_start', 2) }} as end_month
    from months
    union all
    select distinct
        'year' as period,
        year_start as period_start,
        year_start as first_month,
        {{ add_months('year_start', 11) }} as end_month
    from months
    union all
    select distinct
        'year_to_date' as period,
        quarter_start as period_start,
        year_start as first_month,
        {{ add_months('quarter_start', 2) }} as end_month
    from months
),

span_months as (
    select
        *,
        {{ each_month('first_month', 'end_month') }} as month_start
    from spans
),

figures as (
    select
        min(month_start) as first_month,
        max(month_start) as last_month,
        max(case when is_complete then month_start end) as last_complete_month
    from months
),

-- The first and the last month of a period that have figures.
final as (
    select
        span_months.period,
        span_months.period_start,
        span_months.month_start,
        greatest(span_months.first_month, figures.first_month) as first_month,
        least(span_months.end_month, figures.last_month) as last_month,
        span_months.end_month,
        coalesce(span_months.end_month <= figures.last_complete_month, false) as is_complete
    from span_months
    cross join figures
)

select * from final
