-- Where the seed kpi_components says that a KPI adds up over segments, they sum to numerator and denominator of all.
with kpis as (
    select * from {{ ref('dim_kpis') }}
    where adds_over_segments = 'sum'
),

summed as (
    select
        components.kpi_id,
        components.month_start,
        components.segment_dimension,
        sum(components.numerator) as numerator,
        sum(components.denominator) as denominator
    from {{ ref('int_kpi_month_components') }} as components
    inner join kpis on components.kpi_id = kpis.kpi_id
    group by components.kpi_id, components.month_start, components.segment_dimension
)

select
    segments.kpi_id,
    segments.month_start,
    segments.segment_dimension,
    segments.numerator,
    totals.numerator as numerator_of_all,
    segments.denominator,
    totals.denominator as denominator_of_all
from summed as segments
inner join summed as totals
    on
        segments.kpi_id = totals.kpi_id
        and segments.month_start = totals.month_start
        and totals.segment_dimension = 'all'
where
    {{ differs('coalesce(segments.numerator, 0)', 'coalesce(totals.numerator, 0)') }}
    or {{ differs('coalesce(segments.denominator, 0)', 'coalesce(totals.denominator, 0)') }}
