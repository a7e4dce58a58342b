{#- Figures as reported: which are kept, and when a month closes. -#}

{#- The dimensions that published values are kept of: those as of the month's close. An attribute of today moves an
    account's past to another segment, which is no correction. -#}
{% macro is_reported_segment(relation) -%}
    {{ relation }}.segment_dimension in ('all', '{{ segment_dimensions(of='month') | join("', '") }}')
{%- endmacro %}

{#- The day on which a month closes: a day of the next month. -#}
{% macro closes_on(month_start, close_day) -%}
    {{ add_days(add_months(month_start, 1), close_day ~ ' - 1') }}
{%- endmacro %}

{#- The marts whose figures come from account months alone. Names stand here because dbt must know what a model reads
    before it can read the dictionary. -#}
{% macro account_month_marts() %}
    {{ return([
        'kpi_customer_retention_months',
        'kpi_expansion_months',
        'kpi_ltv_months',
        'kpi_mrr_months',
        'kpi_revenue_retention_months',
    ]) }}
{% endmacro %}

{#- The columns of an account month that name its segments as of the close, by dimension. -#}
{% macro account_month_segments() %}
    {{ return({
        'product': 'product_id',
        'plan': 'plan_id',
        'tenure_band': 'tenure_band',
        'touch_model': 'touch_model',
    }) }}
{% endmacro %}
