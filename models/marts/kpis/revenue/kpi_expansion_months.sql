with account_months as (
    select * from {{ ref('fct_account_months') }}
),

summed as (
    select
        month_start,
        {{ segment_columns() }},
        {{ count_where('is_opening_customer') }} as opening_customers,
        {{ count_where('upsell_mrr > 0') }} as upsold_customers,
        {{ count_where('cross_sell_mrr > 0') }} as cross_sold_customers,
        {{ count_where('is_plan_upsold') }} as plan_upsold_customers,
        {{ count_where('is_seat_plan_upsold') }} as seat_plan_upsold_customers,
        {{ count_where('expansion_mrr > 0') }} as expanded_customers,
        {{ count_where('is_churned_180d_after_expansion') }} as churned_customers,
        {{ count_where('is_churned_180d_after_expansion is not null') }} as mature_customers,
        sum(upsell_mrr) as upsell_mrr,
        sum(cross_sell_mrr) as cross_sell_mrr,
        sum(price_change_mrr) as price_change_mrr,
        sum(discount_change_mrr) as discount_change_mrr
    from account_months
    {{ group_by_segments(['month_start']) }}
),

monthly as (
    {{ every_month('summed', [
        'opening_customers', 'upsold_customers', 'cross_sold_customers', 'plan_upsold_customers',
        'seat_plan_upsold_customers', 'expanded_customers', 'churned_customers', 'mature_customers', 'upsell_mrr',
        'cross_sell_mrr', 'price_change_mrr', 'discount_change_mrr'
    ]) }}
),

final as (
    select
        month_start,
        segment_dimension,
        segment_value,
        opening_customers,
        upsold_customers,
        cross_sold_customers,
        plan_upsold_customers,
        seat_plan_upsold_customers,
        expanded_customers,
        {{ rate('upsold_customers', 'opening_customers') }} as upsell_rate,
        {{ rate('cross_sold_customers', 'opening_customers') }} as cross_sell_rate,
        {{ rate('plan_upsold_customers', 'opening_customers') }} as plan_upsell_rate,
        {{ rate('seat_plan_upsold_customers', 'opening_customers') }} as seat_plan_upsell_rate,
        {{ rate('expanded_customers', 'opening_customers') }} as expansion_rate,
        cast(upsell_mrr as decimal(18, 4)) as upsell_mrr,
        cast(cross_sell_mrr as decimal(18, 4)) as cross_sell_mrr,
        churned_customers as expanded_customers_churned_180d,
        mature_customers as expanded_customers_180d_over,
        cast(price_change_mrr as decimal(18, 4)) as price_change_mrr,
        cast(discount_change_mrr as decimal(18, 4)) as discount_change_mrr,
        mature_customers = expanded_customers as is_mature,
        {{ rate('churned_customers', 'mature_customers') }} as churned_180d_after_expansion_rate
    from monthly
)

select * from final
