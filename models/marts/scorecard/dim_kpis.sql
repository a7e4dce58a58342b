with definitions as (
    select * from {{ ref('kpi_definitions') }}
),

stages as (
    select * from {{ ref('kpi_journey_stages') }}
),

owners as (
    select * from {{ ref('kpi_owners') }}
),

dimension_values as (
    select * from {{ ref('kpi_dimension_values') }}
),

levels as (
    select * from {{ ref('kpi_levels') }}
),

components as (
    select * from {{ ref('kpi_components') }}
),

final as (
    select
        definitions.kpi_id,
        definitions.parent_kpi_id,
        definitions.short_term_kpi_id,

        definitions.name_en,
        definitions.name_ja,
        definitions.aliases_ja,
        definitions.formula_en,
        definitions.formula_ja,
        definitions.level,
        levels.level_order,
        levels.label_en as level_label_en,
        levels.label_ja as level_label_ja,
        definitions.unit,
        definitions.direction,
        definitions.journey_stage,
        stages.label_en as journey_stage_label_en,
        stages.label_ja as journey_stage_label_ja,
        definitions.owner,
        owners.label_en as owner_label_en,
        owners.label_ja as owner_label_ja,
        definitions.mart,
        definitions.value_column,
        case when definitions.mart is not null then coalesce(dimension_values.dimension_value, 'all') end as dimension_value,
        components.numerator_column,
        components.denominator_column,
        components.adds_over_segments,
        components.numerator_over_time,
        components.denominator_over_time,
        components.left_out_reason,

        components.factor,
        components.window_months,

        definitions.is_focus,
        owners.is_team as is_team_kpi,

        definitions.active_from,
        definitions.active_to
    from definitions
    left join stages on definitions.journey_stage = stages.journey_stage
    left join owners on definitions.owner = owners.owner
    left join dimension_values on definitions.kpi_id = dimension_values.kpi_id
    left join levels on definitions.level = levels.level
    left join components on definitions.kpi_id = components.kpi_id
)

select * from final
