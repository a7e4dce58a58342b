with account_months as (
    select * from {{ ref('fct_account_months') }}
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        sum(opening_mrr) as opening_mrr,
        sum(new_mrr) as new_mrr,
        sum(reactivated_mrr) as reactivated_mrr,
        sum(expansion_mrr) as expansion_mrr,
        sum(contraction_mrr) as contraction_mrr,
        sum(churned_mrr) as churned_mrr,
        sum(fx_impact_mrr) as fx_impact_mrr,
        sum(closing_mrr) as closing_mrr
    from account_months
    {{ group_by_segments(['month_start']) }}
),

monthly as (
    {{ every_month('summed', [
        'opening_mrr', 'new_mrr', 'reactivated_mrr', 'expansion_mrr',
        'contraction_mrr', 'churned_mrr', 'fx_impact_mrr', 'closing_mrr'
    ]) }}
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        {{ mrr_roll_forward() }}
    from monthly
)

select * from final
