-- Every KPI stands below another of a higher level, up to a KGI. Levels only rise, so there is no loop.
{%- set query -%}
with kpis as (
    select * from {{ ref('dim_kpis') }}
),

tree_problems as (
    select
        kpis.kpi_id,
        case
            when kpis.level = 'kgi' and kpis.parent_kpi_id is null then null
            when kpis.level = 'kgi' then 'is a KGI and so has no parent'
            when kpis.parent_kpi_id is null then 'has no parent'
            when parents.kpi_id is null then 'has the parent ' || kpis.parent_kpi_id || ', which does not exist'
            when parents.level_order >= kpis.level_order
                then 'has the parent ' || parents.kpi_id || ', which is not of a higher level'
        end as mistake
    from kpis
    left join kpis as parents on kpis.parent_kpi_id = parents.kpi_id
)

select
    kpi_id,
    'seeds/scorecard/kpi_definitions.csv: ' || kpi_id || ' ' || mistake || '.' as problem
from tree_problems
where mistake is not null
{%- endset %}
{{ stop_at_problems(query) }}
