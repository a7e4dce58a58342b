-- What a figure is made of is known for every KPI that has a mart, or why it is left out; columns are those of the mart.
{%- set query -%}
with mart_columns (mart, column_name) as (
    values
    {%- for model in graph.nodes.values() if model.resource_type == 'model' and model.config.schema == 'marts' %}
    {%- for column in number_columns(model.name) %}
    ('{{ model.name }}', '{{ column }}'),
    {%- endfor %}
    {%- endfor %}
    ('', '')
),

kpis as (
    select * from {{ ref('dim_kpis') }}
    where mart is not null
),

mistakes as (
    select
        kpis.kpi_id,
        case
            when kpis.numerator_column is null and kpis.left_out_reason is null
                then 'has no row: add one with its numerator, or with the reason why it has none'
            when kpis.left_out_reason is not null and kpis.numerator_column is not null
                then 'has a numerator and a reason for having none'
            when kpis.left_out_reason = 'other_grain' and kpis.mart in ('{{ scorecard_marts() | join("', '") }}')
                then 'is by month and segment, so it has a numerator'
            when kpis.left_out_reason is not null then null
            when kpis.mart not in ('{{ scorecard_marts() | join("', '") }}')
                then 'has a numerator, but ' || kpis.mart || ' is not in the macro scorecard_marts'
            when numerators.column_name is null
                then 'has the numerator ' || kpis.numerator_column || ', which is no number in the YAML of ' || kpis.mart
            when kpis.denominator_column is not null and denominators.column_name is null
                then 'has the denominator ' || kpis.denominator_column || ', which is no number in the YAML of ' || kpis.mart
            when kpis.factor is null or kpis.numerator_over_time is null then 'lacks factor or numerator_over_time'
            when (kpis.denominator_column is null) != (kpis.denominator_over_time is null)
                then 'needs denominator_column and denominator_over_time, or neither'
            when (kpis.denominator_over_time = 'none') != (kpis.numerator_over_time = 'none')
                then 'has none over time on one side alone'
            when kpis.adds_over_segments is null then 'lacks adds_over_segments: sum or none'
        end as mistake
    from kpis
    left join mart_columns as numerators
        on kpis.mart = numerators.mart and kpis.numerator_column = numerators.column_name
    left join mart_columns as denominators
        on kpis.mart = denominators.mart and kpis.denominator_column = denominators.column_name
)

select
    kpi_id,
    'seeds/scorecard/kpi_components.csv: ' || kpi_id || ' ' || mistake || '.' as problem
from mistakes
where mistake is not null
{%- endset %}
{{ stop_at_problems(query) }}
