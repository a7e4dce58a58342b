-- A month and the eleven before it: events are summed by month first, then by window.
with months as (
    select * from {{ ref('int_months') }}
),

windows as (
    select
        month_start,
        closes_on,
        {{ each_month(add_months('month_start', -11), 'month_start') }} as source_month
    from months
),

final as (
    select
        month_start,
        closes_on,
        source_month,
        {{ months_between('source_month', 'month_start') }} as months_ago
    from windows
)

select * from final
