-- A target needs a KPI of the dictionary that is not neutral; a KPI of a team has no target for a single customer
-- success manager.
{{ config(severity='warn') }}
with targets as (
    select * from {{ ref('fct_kpi_targets') }}
),

kpis as (
    select * from {{ ref('dim_kpis') }}
),

segment_dimensions as (
    select 'all' as segment_dimension
    {%- for dimension in segment_dimensions() %}
    union all
    select '{{ dimension }}' as segment_dimension
    {%- endfor %}
),

target_problems as (
    select
        targets.kpi_id,
        targets.segment_dimension,
        targets.segment_value,
        targets.effective_month,
        case
            when kpis.kpi_id is null then 'no KPI has this id: see dim_kpis'
            when kpis.direction = 'neutral' then 'neither direction of this KPI is better'
            when kpis.mart is null then 'a key success factor has no figure'
            when kpis.is_team_kpi and targets.segment_dimension = 'csm'
                then 'this KPI is a team''s and takes no target per person'
            when segment_dimensions.segment_dimension is null then 'figures are not split by this segment_dimension'
        end as problem
    from targets
    left join kpis on targets.kpi_id = kpis.kpi_id
    left join segment_dimensions on targets.segment_dimension = segment_dimensions.segment_dimension
)

select * from target_problems
where problem is not null
