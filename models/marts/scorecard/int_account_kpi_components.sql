{#- A table on Spark, whose metastore holds at most 32,700 characters of a view. -#}
{{ config(materialized='table' if target.type == 'spark' else 'view') }}

{%- set segments = segment_dimensions().values() | list %}

with account_months as (
    select * from {{ ref('fct_account_months') }}
),

windows as (
    select * from {{ ref('fct_account_retention_windows') }}
),

onboarding as (
    select * from {{ ref('fct_onboarding_accounts') }}
),

usage as (
    select * from {{ ref('fct_account_usage_months') }}
),

responses as (
    select * from {{ ref('fct_survey_responses') }}
),

tickets as (
    select * from {{ ref('fct_support_ticket_months') }}
),

renewals as (
    select * from {{ ref('fct_contract_renewals') }}
),

opportunities as (
    select * from {{ ref('fct_opportunity_months') }}
),

goals as (
    select * from {{ ref('fct_customer_goal_months') }}
),

-- An account counts once a month, however many kinds of touches it had.
touches as (
    select
        account_id,
        {%- for column in segments %}
        {{ column }},
        {%- endfor %}
        sum(touches) as touches,
        sum(proactive_touches) as proactive_touches,
        is_customer,
        month_start
    from {{ ref('fct_account_touch_months') }}
    group by account_id, {{ segments | join(', ') }}, is_customer, month_start
),

known_columns as (
    {%- for figures in account_figures() %}
    {%- set outer = loop %}
    {%- for mart in figures.marts %}
    {%- for column in figures.columns %}
    select '{{ mart }}' as mart, '{{ column }}' as column_name
    {{ 'union all' if not (loop.last and outer.last and mart == figures.marts[-1]) }}
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}
),

-- KPIs that have both sides here, in the months that have a figure.
kpi_months as (
    select
        kpis.kpi_id,
        kpis.mart,
        kpis.numerator_column,
        kpis.denominator_column,
        components.month_start
    from {{ ref('dim_kpis') }} as kpis
    inner join known_columns as numerators
        on kpis.mart = numerators.mart and kpis.numerator_column = numerators.column_name
    left join known_columns as denominators
        on kpis.mart = denominators.mart and kpis.denominator_column = denominators.column_name
    inner join {{ ref('int_kpi_month_components') }} as components on kpis.kpi_id = components.kpi_id
    where
        components.segment_dimension = 'all'
        and (kpis.denominator_column is null or denominators.column_name is not null)
),

fact_rows as (
    {%- for figures in account_figures() %}
    select
        kpis.kpi_id,
        kpis.month_start,
        coalesce(figures.account_id, 'unknown') as account_id,
        {%- for column in segments %}
        figures.{{ column }},
        {%- endfor %}
        {%- for side in ['numerator', 'denominator'] %}
        case kpis.{{ side }}_column
            {%- for column, expression in figures.columns.items() %}
            when '{{ column }}' then cast({{ expression }} as decimal(28, 8))
            {%- endfor %}
        end as {{ side }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ figures.relation }} as figures
    inner join kpi_months as kpis
        on
            figures.month_start = kpis.month_start
            and kpis.mart in ('{{ figures.marts | join("', '") }}')
            and (
                kpis.numerator_column in ('{{ figures.columns | join("', '") }}')
                or kpis.denominator_column in ('{{ figures.columns | join("', '") }}')
            )
    {{ 'where ' ~ figures.where if figures.where }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        kpi_id,
        month_start,
        account_id,
        {%- for column in segments %}
        max({{ column }}) as {{ column }},
        {%- endfor %}
        coalesce(sum(numerator), 0) as numerator,
        sum(denominator) as denominator
    from fact_rows
    group by kpi_id, month_start, account_id
    having sum(abs(numerator)) > 0 or sum(abs(denominator)) > 0
)

select * from final
