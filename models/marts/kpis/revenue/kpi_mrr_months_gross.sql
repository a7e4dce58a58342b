with movements as (
    select * from {{ ref('fct_mrr_movements') }}
),

account_months as (
    select * from {{ ref('fct_account_months') }}
),

moved as (
    select
        month_start,
        {{ segment_columns() }},
        sum(case when movement_type = 'new' then mrr_change else 0 end) as new_mrr,
        sum(case when movement_type = 'reactivation' then mrr_change else 0 end) as reactivated_mrr,
        sum(case when movement_type = 'expansion' then mrr_change else 0 end) as expansion_mrr,
        sum(case when movement_type = 'contraction' then -mrr_change else 0 end) as contraction_mrr,
        sum(case when movement_type = 'churn' then -mrr_change else 0 end) as churned_mrr
    from movements
    {{ group_by_segments(['month_start']) }}
),

held as (
    select
        month_start,
        {{ segment_columns() }},
        sum(opening_mrr) as opening_mrr,
        sum(fx_impact_mrr) as fx_impact_mrr,
        sum(closing_mrr) as closing_mrr
    from account_months
    {{ group_by_segments(['month_start']) }}
),

summed as (
    select
        coalesce(held.month_start, moved.month_start) as month_start,
        coalesce(held.segment_dimension, moved.segment_dimension) as segment_dimension,
        coalesce(held.segment_value, moved.segment_value) as segment_value,
        coalesce(held.opening_mrr, 0) as opening_mrr,
        coalesce(moved.new_mrr, 0) as new_mrr,
        coalesce(moved.reactivated_mrr, 0) as reactivated_mrr,
        coalesce(moved.expansion_mrr, 0) as expansion_mrr,
        coalesce(moved.contraction_mrr, 0) as contraction_mrr,
        coalesce(moved.churned_mrr, 0) as churned_mrr,
        coalesce(held.fx_impact_mrr, 0) as fx_impact_mrr,
        coalesce(held.closing_mrr, 0) as closing_mrr
    from held
    full outer join moved
        on
            held.month_start = moved.month_start
            and held.segment_dimension = moved.segment_dimension
            and held.segment_value = moved.segment_value
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
