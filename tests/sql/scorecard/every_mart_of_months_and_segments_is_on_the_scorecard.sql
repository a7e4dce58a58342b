-- A KPI is on the scorecard only if its mart is in the list of the macro scorecard_marts.
{%- set query -%}
with marts as (
    {%- for model in graph.nodes.values()
        if model.resource_type == 'model' and model.name.startswith('kpi_') and 'scorecard' not in model.fqn
        and 'month_start' in model.columns and 'segment_value' in model.columns
        and model.name not in scorecard_marts() %}
    {%- set other_keys = [] %}
    {%- for column in model.columns.values()
        if column.data_type in ['string', 'date']
        and column.name not in ['month_start', 'segment_dimension', 'segment_value'] %}
    {%- do other_keys.append(column.name) %}
    {%- endfor %}
    {%- if not other_keys %}
    select '{{ model.name }}' as mart
    union all
    {%- endif %}
    {%- endfor %}
    select '' as mart
),

kpis as (
    select * from {{ ref('dim_kpis') }}
)

select
    kpis.mart,
    'The KPIs of ' || kpis.mart || ', such as ' || min(kpis.kpi_id)
    || ', are not on the scorecard: add the mart to the macro scorecard_marts.' as problem
from kpis
inner join marts on kpis.mart = marts.mart
group by kpis.mart
{%- endset %}
{{ stop_at_problems(query) }}
