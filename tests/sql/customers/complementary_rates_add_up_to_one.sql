-- Continuation + churn = 1, and net retention + net churn = 1, to the ninth decimal.
{%- set customer_pairs = {
    'customer_churn_rate': 'continuation_rate',
    'customer_churn_rate_6m': 'continuation_rate_6m',
    'customer_churn_rate_12m': 'continuation_rate_12m',
} %}
with pairs as (
    {%- for lost, kept in customer_pairs.items() %}
    select
        month_start,
        segment_dimension,
        segment_value,
        '{{ kept }}' as rate_name,
        {{ lost }} as lost_rate,
        {{ kept }} as kept_rate
    from {{ ref('kpi_customer_retention_months') }}
    union all
    {%- endfor %}
    select
        month_start,
        segment_dimension,
        segment_value,
        'nrr_rate' as rate_name,
        net_revenue_churn_rate as lost_rate,
        nrr_rate as kept_rate
    from {{ ref('kpi_revenue_retention_months') }}
)

select * from pairs
where abs(lost_rate + kept_rate - 1) > 0.000000001 or (lost_rate is null) != (kept_rate is null)
