-- The 84 days that end with each close, in three windows of 28: usage joins them by its day instead of by a range.
with months as (
    select * from {{ ref('int_months') }}
),

days as (
    select
        month_start,
        closes_on,
        {{ each_day(add_days('closes_on', -83), 'closes_on') }} as activity_date
    from months
),

final as (
    select
        activity_date,
        month_start,
        cast(floor({{ dbt.datediff('activity_date', 'closes_on', 'day') }} / 28.0) as bigint) as stretches_ago
    from days
)

select * from final
