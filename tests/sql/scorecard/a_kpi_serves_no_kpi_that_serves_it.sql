-- KPIs that serve each other in a circle explain nothing. A walk goes on until it is back where it began, or at a KGI;
-- a walk from a sub-KPI to a KGI has three steps up, and some between KPIs of one level.
{%- set query -%}
with links as (
    select * from {{ ref('dim_kpi_links') }}
),

{%- for step in range(1, 13) %}
{%- if loop.first %}
steps_1 as (
    select
        kpi_id,
        serves_kpi_id
    from links
),
{%- else %}

steps_{{ step }} as (
    select distinct
        steps.kpi_id,
        case when steps.kpi_id = steps.serves_kpi_id then steps.serves_kpi_id else links.serves_kpi_id end as serves_kpi_id
    from steps_{{ step - 1 }} as steps
    inner join links on steps.serves_kpi_id = links.kpi_id
),
{%- endif %}
{%- endfor %}

circles as (
    select kpi_id
    from steps_12
    where kpi_id = serves_kpi_id
)

select
    kpi_id,
    'seeds/scorecard/kpi_links.csv: ' || kpi_id || ' serves KPIs that serve it: remove one of the links.' as problem
from circles
{%- endset %}
{{ stop_at_problems(query) }}
