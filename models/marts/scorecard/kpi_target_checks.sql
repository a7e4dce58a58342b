-- Targets against the months before they begin: a wish can be out of reach, met already, or in another unit.
with targets as (
    select * from {{ ref('fct_kpi_targets') }}
),

kpi_values as (
    select * from {{ ref('int_kpi_month_values') }}
),

kpis as (
    select * from {{ ref('dim_kpis') }}
),

limits as (
    select
        {%- for setting in ['history_months', 'min_months', 'scale_factor', 'reach_ranges'] %}
        max(case when setting_id = '{{ setting }}' then setting_value end) as {{ setting }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('target_check_settings') }}
),

past as (
    select
        targets.kpi_id,
        targets.segment_dimension,
        targets.segment_value,
        targets.effective_month,
        targets.target_value,
        kpis.direction,
        limits.min_months,
        limits.scale_factor,
        limits.reach_ranges,
        count(kpi_values.value) as past_months,
        min(kpi_values.value) as lowest_value,
        max(kpi_values.value) as highest_value
    from targets
    inner join kpis on targets.kpi_id = kpis.kpi_id
    cross join limits
    left join kpi_values
        on
            targets.kpi_id = kpi_values.kpi_id
            and targets.segment_dimension = kpi_values.segment_dimension
            and targets.segment_value = kpi_values.segment_value
            and targets.effective_month > kpi_values.month_start
            and {{ months_between('kpi_values.month_start', 'targets.effective_month') }} <= limits.history_months
    where kpis.direction in ('higher', 'lower')
    group by
        targets.kpi_id, targets.segment_dimension, targets.segment_value, targets.effective_month, targets.target_value,
        kpis.direction, limits.min_months, limits.scale_factor, limits.reach_ranges
),

judged as (
    select
        *,
        case direction when 'higher' then highest_value else lowest_value end as best_value,
        case direction when 'higher' then lowest_value else highest_value end as worst_value,
        case
            when past_months < min_months then 'no_history'
            when
                lowest_value > 0
                and (target_value >= highest_value * scale_factor or target_value * scale_factor <= lowest_value)
                then 'off_scale'
            when
                case direction when 'higher' then target_value - highest_value else lowest_value - target_value end
                > reach_ranges * (highest_value - lowest_value)
                then 'out_of_reach'
            when case direction when 'higher' then lowest_value >= target_value else highest_value <= target_value end
                then 'already_reached'
            else 'plausible'
        end as target_finding
    from past
),

final as (
    select
        judged.kpi_id,
        judged.segment_dimension,
        judged.segment_value,
        judged.target_finding,
        findings.label_en as target_finding_label_en,
        findings.label_ja as target_finding_label_ja,
        judged.target_value,
        judged.best_value,
        judged.worst_value,
        judged.past_months,
        judged.effective_month
    from judged
    left join {{ ref('target_findings') }} as findings on judged.target_finding = findings.target_finding
)

select * from final
