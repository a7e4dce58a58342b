{#- The segments of an account in a month, for a fact's select list. `segments` is int_customer_segments of the account;
    `account_months` is fct_account_months of the account and month, left joined: without MRR the month has no plan. -#}
{% macro month_segment_columns(segments='segments', account_months='account_months') -%}
    {{ segments }}.country,
    {{ segments }}.region,
    {{ segments }}.industry,
    {{ segments }}.size_band,
    {{ segments }}.acquisition_channel,
    {{ segments }}.csm_id,
    {{ segments }}.cs_team,
    coalesce({{ account_months }}.tenure_band, 'unknown') as tenure_band,
    coalesce({{ account_months }}.product_id, 'unknown') as product_id,
    coalesce({{ account_months }}.plan_id, 'unknown') as plan_id,
    coalesce({{ account_months }}.touch_model, 'unknown') as touch_model
{%- endmacro %}
