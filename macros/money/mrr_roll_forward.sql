{#- The columns of an MRR roll-forward, from opening to closing, with the figures derived from them. -#}
{% macro mrr_roll_forward() -%}
    {%- for column in [
        'opening_mrr', 'new_mrr', 'reactivated_mrr', 'expansion_mrr', 'contraction_mrr', 'churned_mrr',
        'fx_impact_mrr', 'closing_mrr'
    ] %}
    cast({{ column }} as decimal(18, 4)) as {{ column }},
    {%- endfor %}
    cast(closing_mrr - opening_mrr - fx_impact_mrr as decimal(18, 4)) as net_new_mrr,
    cast(closing_mrr * 12 as decimal(18, 4)) as arr,
    cast(new_mrr + reactivated_mrr + expansion_mrr as decimal(18, 4)) as gained_mrr,
    cast(contraction_mrr + churned_mrr as decimal(18, 4)) as lost_mrr,
    {{ rate('new_mrr + reactivated_mrr + expansion_mrr', 'contraction_mrr + churned_mrr') }} as quick_ratio
{%- endmacro %}
