{#- Opening MRR plus movements equals closing MRR, to the last decimal, in every row. -#}
{% test mrr_rolls_forward(model) %}
with rolled as (
    select
        *,
        opening_mrr + new_mrr + reactivated_mrr + expansion_mrr
        - contraction_mrr - churned_mrr + fx_impact_mrr as expected_closing_mrr
    from {{ model }}
)

select * from rolled
where closing_mrr != expected_closing_mrr
{% endtest %}
