-- Every touch is of one type, and the row of all types counts each once.
with types as (
    select
        month_start,
        segment_dimension,
        segment_value,
        sum(case when activity_type != 'all' then touches else 0 end) as touches_of_types,
        sum(case when activity_type = 'all' then touches else 0 end) as touches_of_all,
        max(case when activity_type != 'all' then accounts_touched else 0 end) as accounts_of_one_type,
        sum(case when activity_type = 'all' then accounts_touched else 0 end) as accounts_of_all
    from {{ ref('kpi_engagement_months') }}
    group by month_start, segment_dimension, segment_value
),

activities as (
    select
        month_start,
        count(*) as touches
    from {{ ref('fct_cs_activities') }}
    group by month_start
)

select
    types.*,
    activities.touches
from types
left join activities on types.month_start = activities.month_start
where
    types.touches_of_types != types.touches_of_all
    or types.accounts_of_one_type > types.accounts_of_all
    or (types.segment_dimension = 'all' and types.touches_of_all != coalesce(activities.touches, 0))
