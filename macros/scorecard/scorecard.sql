{#- The scorecard: the marts that it reads, how their columns become rows, and the status of a value. -#}

{#- The month x segment marts of the scorecard. An additional dimension stands beside the mart's name; a KPI reads
    its rows `all`, or those that the seed kpi_dimension_values names. The names stand here because dbt must know what a model reads before it can read the dictionary; a test says
    which mart of the dictionary is missing. -#}
{% macro scorecard_marts() %}
    {{ return({
        'kpi_active_users_months': none,
        'kpi_community_months': none,
        'kpi_csat_months': 'subject',
        'kpi_csql_months': none,
        'kpi_customer_retention_months': none,
        'kpi_engagement_months': 'activity_type',
        'kpi_expansion_months': none,
        'kpi_health_months': 'health_band',
        'kpi_ltv_months': none,
        'kpi_mrr_months': none,
        'kpi_mrr_months_gross': none,
        'kpi_nps_months': none,
        'kpi_onboarding_months': none,
        'kpi_referral_months': none,
        'kpi_renewal_months': none,
        'kpi_revenue_retention_months': none,
        'kpi_sessions_months': none,
        'kpi_success_months': none,
        'kpi_support_months': none,
        'kpi_upsell_care_months': none,
        'kpi_use_depth_months': none,
    }) }}
{% endmacro %}


{#- The numeric columns of a mart, as its contract lists them. -#}
{% macro number_columns(mart) %}
    {%- set columns = [] -%}
    {%- if execute -%}
    {%- for column in graph.nodes['model.' ~ project_name ~ '.' ~ mart].columns.values() -%}
        {%- if column.data_type.split('(')[0] in ['bigint', 'double', 'decimal'] -%}
            {%- do columns.append(column.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{% endmacro %}


{#- The value of the KPI `kpis.kpi_id` in a row of a relation that has columns of its mart; or its numerator or
    denominator, by the column of dim_kpis that names it. -#}
{% macro kpi_value(relation, columns, named_in='value_column') -%}
    case kpis.{{ named_in }}
        {%- for column in columns %}
        when '{{ column }}' then cast({{ relation }}.{{ column }} as double)
        {%- endfor %}
        else cast(null as double)
    end
{%- endmacro %}


{#- What a target requires in a month: until it is due a point on the straight line from its baseline to it, else the
    target itself; and the value below which the status is red, as far from it as the warning value is from the target. For
    the select list of a query that has `targets` and a month. -#}
{% macro required_columns(month) -%}
    {%- set line = target_line(month) -%}
    {{ line }} as required_value,
    {{ line }} + targets.warning_value - targets.target_value as required_warning_value
{%- endmacro %}

{% macro target_line(month) -%}
    case
        when
            targets.baseline_value is not null
            and {{ month }} < {{ month_start('targets.due_month') }}
            and targets.effective_month < {{ month_start('targets.due_month') }}
            then
                targets.baseline_value
                + (targets.target_value - targets.baseline_value)
                * cast({{ months_between('targets.effective_month', month) }} as double)
                / nullif(
                    cast({{ months_between('targets.effective_month', month_start('targets.due_month')) }} as double), 0
                )
        else targets.target_value
    end
{%- endmacro %}


{#- The distance of a value from its target, and its status, for the select list of a query with value, target_value,
    required_value, required_warning_value, direction and is_judged. Rounded, so that 28.999999999999996 has reached 29. A
    month ahead is not judged; nor is a value for which the condition `not_yet` holds, because its month, cohort or horizon
    is open. -#}
{% macro target_columns(not_yet='false') -%}
    case when is_judged and not {{ not_yet }} then cast(value - target_value as double) end as gap_to_target,
    case
        when not is_judged or {{ not_yet }} or target_value <= 0 then null
        when direction = 'higher' then {{ rate('value', 'target_value') }}
        when direction = 'lower' and value > 0 then {{ rate('target_value', 'value') }}
    end as attainment_rate,
    case
        when {{ not_yet }} then 'not_yet'
        when not is_judged then null
        when value is null then 'no_data'
        when target_value is null or direction = 'neutral' then 'no_target'
        when round({{ better_by('required_value') }}, 9) >= 0 then 'green'
        when round({{ better_by('required_warning_value') }}, 9) >= 0 then 'yellow'
        else 'red'
    end as status
{%- endmacro %}

{#- By how much the value is better than a limit; below 0 where it is worse. -#}
{% macro better_by(line) -%}
    case direction when 'lower' then {{ line }} - value else value - {{ line }} end
{%- endmacro %}


{#- A test whose failing rows say in the column `problem` what to fix; dbt stops with those sentences. -#}
{% macro stop_at_problems(query) -%}
    {%- if execute and flags.WHICH in ('build', 'test') -%}
        {%- set problems = run_query(query).columns['problem'].values() -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(problems | join('\n')) }}
        {%- endif -%}
    {%- endif -%}
    {{ query }}
{%- endmacro %}
