-- The accounts of a KPI and month sum to numerator and denominator of its mart.
with contributions as (
    select
        kpi_id,
        month_start,
        sum(cast(numerator as decimal(28, 6))) as numerator,
        sum(cast(denominator as decimal(28, 6))) as denominator
    from {{ ref('kpi_account_contributions') }}
    group by kpi_id, month_start
)

select
    contributions.kpi_id,
    contributions.month_start,
    contributions.numerator,
    components.numerator as numerator_of_mart,
    contributions.denominator,
    components.denominator as denominator_of_mart
from contributions
left join {{ ref('int_kpi_month_components') }} as components
    on
        contributions.kpi_id = components.kpi_id
        and contributions.month_start = components.month_start
        and components.segment_dimension = 'all'
where
    {{ differs('cast(contributions.numerator as double)', 'coalesce(components.numerator, 0)') }}
    or {{ differs('cast(contributions.denominator as double)', 'components.denominator') }}
