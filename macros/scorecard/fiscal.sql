{#- The fiscal calendar: years that begin in the month `fiscal_year_first_month`, and their quarters. -#}

{#- The first month of the fiscal period, of 3 or 12 months, that a first of the month lies in. -#}
{% macro fiscal_start(month_start, months) -%}
    {{ add_months(
        month_start,
        '-((cast(extract(month from ' ~ month_start ~ ') as integer) + 12 - ' ~ var('fiscal_year_first_month') ~ ') % ' ~ months ~ ')'
    ) }}
{%- endmacro %}

{#- The number of the fiscal year that begins in a month: the calendar year of its first or of its last month. -#}
{% macro fiscal_year(year_start) -%}
    cast(extract(year from {{ add_months(year_start, 11) if var('fiscal_year_named_by') == 'last_month' else year_start }}) as bigint)
{%- endmacro %}

{#- A flow, such as new MRR: the months of a period add up, so a target of a period is the sum of its months'. -#}
{% macro is_flow(relation) -%}
    ({{ relation }}.numerator_over_time = 'sum' and {{ relation }}.denominator_column is null)
{%- endmacro %}

{#- The KPIs that have drivers of change: all but sub-KPIs, and those in focus. -#}
{% macro has_change_drivers() -%}
    level in ('kgi', 'kpi') or is_focus
{%- endmacro %}


{#- The values of fiscal quarters or years with the period before, the target and the status, as CTEs that end in `judged`. -#}
{% macro judged_periods(period, months) -%}
kpis as (
    select * from {{ ref('dim_kpis') }}
),

period_months as (
    select * from {{ ref('int_fiscal_period_months') }}
    where period = '{{ period }}'
),

period_values as (
    select * from {{ ref('int_kpi_period_values') }}
    where period = '{{ period }}'
),

-- A KPI of a team has no target per manager.
monthly_targets as (
    select
        targets.kpi_id,
        targets.segment_dimension,
        targets.segment_value,
        targets.target_value,
        {{ required_columns('period_months.month_start') }},
        {{ is_flow('kpis') }} as is_flow,
        period_months.period_start,
        period_months.month_start = period_months.end_month as is_last_month
    from {{ ref('fct_kpi_targets') }} as targets
    inner join kpis on targets.kpi_id = kpis.kpi_id
    inner join period_months
        on
            period_months.month_start >= targets.effective_month
            and period_months.month_start < {{ or_never('targets.next_effective_month') }}
    where not (kpis.is_team_kpi and targets.segment_dimension = 'csm')
),

-- The target of a flow is the sum of its months', of anything else that of the last month.
targets as (
    select
        kpi_id,
        segment_dimension,
        segment_value,
        period_start,
        {%- for column in ['target_value', 'required_value', 'required_warning_value'] %}
        case
            when not is_flow then max(case when is_last_month then {{ column }} end)
            when count({{ column }}) = {{ months }} then round(sum({{ column }}), 6)
        end as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from monthly_targets
    group by kpi_id, segment_dimension, segment_value, period_start, is_flow
),

-- A period has no status yet where one of its months has none.
open_periods as (
    select distinct
        months.kpi_id,
        months.segment_dimension,
        months.segment_value,
        period_months.period_start
    from {{ ref('kpi_scorecard_months') }} as months
    inner join period_months on months.month_start = period_months.month_start
    where months.status = 'not_yet'
),

compared as (
    select
        period_values.*,
        previous.value as previous_value,
        year_ago.value as year_ago_value,
        kpis.direction,
        targets.target_value,
        targets.required_value,
        targets.required_warning_value,
        true as is_judged,
        open_periods.kpi_id is not null or ({{ is_flow('kpis') }} and not period_values.is_complete) as is_open
    from period_values
    inner join kpis on period_values.kpi_id = kpis.kpi_id
    {%- for earlier, distance in [('previous', months), ('year_ago', 12)] %}
    left join period_values as {{ earlier }}
        on
            period_values.kpi_id = {{ earlier }}.kpi_id
            and period_values.segment_dimension = {{ earlier }}.segment_dimension
            and period_values.segment_value = {{ earlier }}.segment_value
            and {{ add_months('period_values.period_start', -distance) }} = {{ earlier }}.period_start
    {%- endfor %}
    {%- for relation in ['targets', 'open_periods'] %}
    left join {{ relation }}
        on
            period_values.kpi_id = {{ relation }}.kpi_id
            and period_values.segment_dimension = {{ relation }}.segment_dimension
            and period_values.segment_value = {{ relation }}.segment_value
            and period_values.period_start = {{ relation }}.period_start
    {%- endfor %}
    where
        ({{ add_months('period_values.period_start', months) }} > kpis.active_from or kpis.active_from is null)
        and (period_values.period_start <= kpis.active_to or kpis.active_to is null)
),

scored as (
    select
        *,
        {{ target_columns() }}
    from compared
),

calendar as (
    select
        {{ fiscal_start('period_months.period_start', 12) }} as year_start,
        period_months.period_start,
        labels.*
    from (select distinct period_start from period_months) as period_months
    inner join {{ ref('fiscal_periods') }} as labels
        on
            labels.period = '{{ period }}'
            and {{ months_between(fiscal_start('period_months.period_start', 12), 'period_months.period_start') }}
            = (labels.period_number - 1) * {{ months }}
),

judged as (
    select
        scored.*,
        {{ fiscal_year('calendar.year_start') }} as fiscal_year,
        calendar.period_number,
        calendar.half_label_en,
        calendar.half_label_ja,
        replace(calendar.label_en, '{year}', cast({{ fiscal_year('calendar.year_start') }} as string)) as label_en,
        replace(calendar.label_ja, '{year}', cast({{ fiscal_year('calendar.year_start') }} as string)) as label_ja,
        case when scored.is_open and scored.status not in ('no_data', 'no_target') then 'not_yet' else scored.status end
            as period_status
    from scored
    inner join calendar on scored.period_start = calendar.period_start
)
{%- endmacro %}
