-- Without a KPI a rate is not on the scorecard and has no Japanese name. A column that repeats the figure of another
-- mart names that KPI in its YAML: config: {meta: {kpi_id: ...}}.
{%- set query -%}
with rates as (
    {%- for model in graph.nodes.values()
        if model.resource_type == 'model' and model.name.startswith('kpi_') and 'scorecard' not in model.fqn
        and 'month_start' in model.columns and 'segment_value' in model.columns %}
    {%- for column in model.columns.values() if '_rate_' in column.name ~ '_' %}
    select
        '{{ model.name }}' as mart,
        '{{ column.name }}' as value_column,
        '{{ column.config.meta.kpi_id or '' }}' as repeated_kpi_id
    union all
    {%- endfor %}
    {%- endfor %}
    select
        cast(null as string) as mart,
        cast(null as string) as value_column,
        cast(null as string) as repeated_kpi_id
),

kpis as (
    select * from {{ ref('dim_kpis') }}
)

select
    rates.mart,
    rates.value_column,
    rates.mart || '.' || rates.value_column || ' is in no KPI: give it a row in seeds/scorecard/kpi_definitions.csv.' as problem
from rates
left join kpis on rates.mart = kpis.mart and rates.value_column = kpis.value_column
left join kpis as repeated_kpis on rates.repeated_kpi_id = repeated_kpis.kpi_id
where rates.mart is not null and kpis.kpi_id is null and repeated_kpis.kpi_id is null
{%- endset %}
{{ stop_at_problems(query) }}
