-- Every KPI names a mart and a column that exist; otherwise it would silently be missing from the scorecard.
{%- set query -%}
with mart_columns (mart, value_column, data_type) as (
    values
    {%- for model in graph.nodes.values() if model.resource_type == 'model' and model.config.schema == 'marts' %}
    {%- for column in model.columns.values() %}
    ('{{ model.name }}', '{{ column.name }}', '{{ column.data_type.split('(')[0] }}'),
    {%- endfor %}
    {%- endfor %}
    ('', '', '')
),

marts as (
    select distinct mart from mart_columns
),

kpis as (
    select * from {{ ref('dim_kpis') }}
),

mistakes as (
    select
        kpis.kpi_id,
        case
            when kpis.level = 'kfs' and kpis.mart is null and kpis.value_column is null then null
            when kpis.level = 'kfs' then 'is a key success factor, which has no mart and no column'
            when kpis.unit is null then 'has no unit'
            when kpis.mart is null or kpis.value_column is null then 'names no mart and column'
            when marts.mart is null
                then 'reads the mart ' || kpis.mart || ', which does not exist: write the model and its YAML'
            when mart_columns.value_column is null
                then 'reads the column ' || kpis.value_column || ', which is not in the YAML of ' || kpis.mart
            when mart_columns.data_type not in ('bigint', 'double', 'decimal')
                then 'reads ' || kpis.mart || '.' || kpis.value_column || ', which is no number'
        end as mistake
    from kpis
    left join marts on kpis.mart = marts.mart
    left join mart_columns
        on kpis.mart = mart_columns.mart and kpis.value_column = mart_columns.value_column
)

select
    kpi_id,
    'seeds/scorecard/kpi_definitions.csv: ' || kpi_id || ' ' || mistake || '; or fix the row.' as problem
from mistakes
where mistake is not null
{%- endset %}
{{ stop_at_problems(query) }}
