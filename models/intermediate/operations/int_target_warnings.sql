-- A target needs a KPI of the dictionary that is not neutral; a KPI of a team has no target for a single customer
-- success manager; and a rate is written as 0.95, not as 95.
with targets as (
    select * from {{ ref('stg_kpi_targets') }}
),

kpis as (
    select
        definitions.*,
        owners.is_team
    from {{ ref('kpi_definitions') }} as definitions
    left join {{ ref('kpi_owners') }} as owners on definitions.owner = owners.owner
),

limits as (
    select * from {{ ref('target_limits') }}
),

segment_dimensions as (
    select 'all' as segment_dimension
    {%- for dimension in segment_dimensions() %}
    union all
    select '{{ dimension }}' as segment_dimension
    {%- endfor %}
),

judged as (
    select
        targets.*,
        kpis.unit,
        coalesce(own_limits.minimum, unit_limits.minimum) as minimum,
        coalesce(own_limits.maximum, unit_limits.maximum) as maximum,
        case
            when kpis.kpi_id is null then 'unknown_kpi'
            when kpis.direction = 'neutral' then 'neutral_kpi'
            when kpis.mart is null then 'kpi_without_figure'
            when kpis.is_team and targets.segment_dimension = 'csm' then 'team_kpi_per_person'
            when segment_dimensions.segment_dimension is null then 'unknown_segment'
        end as problem
    from targets
    left join kpis on targets.kpi_id = kpis.kpi_id
    left join limits as own_limits on targets.kpi_id = own_limits.kpi_id
    left join limits as unit_limits on kpis.unit = unit_limits.unit and unit_limits.kpi_id is null
    left join segment_dimensions on targets.segment_dimension = segment_dimensions.segment_dimension
),

problems as (
    select
        judged.kpi_id,
        judged.segment_dimension,
        judged.segment_value,
        judged.effective_month,
        wordings.kind,
        wordings.column_name,
        wordings.detail_en,
        wordings.detail_ja
    from judged
    inner join {{ ref('target_problems') }} as wordings on judged.problem = wordings.problem
    {%- for column in ['target_value', 'warning_value'] %}
    union all
    select
        kpi_id,
        segment_dimension,
        segment_value,
        effective_month,
        'out_of_scale' as kind,
        '{{ column }}' as column_name,
        concat(
            '{{ column }} ', cast(cast({{ column }} as double) as string), ' is outside ', cast(minimum as string),
            ' to ', cast(maximum as string), ' for the unit ', unit, '; 95 % as a rate is 0.95'
        ) as detail_en,
        concat(
            '{{ column }} ', cast(cast({{ column }} as double) as string), 'は単位', unit, 'の範囲(',
            cast(minimum as string), '〜', cast(maximum as string), ')の外。率の95%は0.95と書く'
        ) as detail_ja
    from judged
    where {{ column }} < minimum or {{ column }} > maximum
    {%- endfor %}
),

final as (
    select
        kind,
        column_name,
        {{ key_text(contract_table('kpi_targets')) if execute else 'kpi_id' }} as row_key,
        detail_en,
        detail_ja
    from problems
)

select * from final
