with account_months as (
    select * from {{ ref('int_account_months') }}
    where opening_mrr > 0 or closing_mrr > 0
),

new_products as (
    select * from {{ ref('int_account_new_product_months') }}
),

segments as (
    select * from {{ ref('int_customer_segments') }}
),

churns as (
    select * from {{ ref('int_account_churns') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

churn_reasons as (
    select * from {{ ref('int_churn_reasons') }}
),

supplied_inputs as (
    select * from {{ ref('int_supplied_inputs') }}
),

-- Month-end to month-end, at this month's exchange rate, one movement per account.
changed as (
    select
        *,
        opening_mrr > 0 as is_opening_customer,
        closing_mrr > 0 as is_closing_customer,
        opening_mrr = 0 and closing_mrr > 0 and month_start = cohort_month as is_new,
        opening_mrr = 0 and closing_mrr > 0 and month_start != cohort_month as is_reactivated,
        opening_mrr > 0 and closing_mrr = 0 as is_churned,
        closing_mrr - opening_mrr_at_close_rate as gained_mrr,
        case when opening_mrr > 0 and closing_mrr > 0 then closing_mrr - opening_mrr_at_close_rate else 0 end as change_mrr
    from account_months
),

compared as (
    select
        changed.*,
        greatest(changed.change_mrr, 0) as expansion_mrr,
        least(greatest(changed.change_mrr, 0), coalesce(new_products.new_product_mrr, 0)) as cross_sell_mrr
    from changed
    left join new_products
        on changed.account_id = new_products.account_id and changed.month_start = new_products.month_start
),

month_drivers as (
    select
        account_id,
        {{ month_start('movement_date') }} as month_start,
        {{ count_where("driver = 'plan_upgrade'") }} > 0 as has_plan_upgrade,
        {{ count_where("driver in ('plan_upgrade', 'seat_expansion', 'subscription_added')") }} > 0 as has_seat_or_plan_upgrade,
        sum(case when driver in ('price_increase', 'price_decrease') then mrr_change else 0 end) as price_change_mrr,
        sum(case when driver = 'discount_change' then mrr_change else 0 end) as discount_change_mrr
    from {{ ref('fct_mrr_movement_drivers') }}
    group by account_id, {{ month_start('movement_date') }}
),

-- The months whose close lies less than half a year before a later churn.
months_before_churns as (
    select
        account_id,
        first_churned_on,
        {{ each_month(add_months('month_start', -7), add_months('month_start', -1)) }} as month_start
    from churns
),

churned_after as (
    select distinct
        account_id,
        month_start
    from months_before_churns
    where first_churned_on <= {{ add_days(month_end('month_start'), 180) }}
),

final as (
    select
        compared.account_id,
        {{ month_segments(months='compared') }},
        churn_reasons.reason_code as churn_reason_code,
        compared.opening_mrr,
        cast(case when compared.is_new then compared.gained_mrr else 0 end as decimal(18, 4)) as new_mrr,
        cast(case when compared.is_reactivated then compared.gained_mrr else 0 end as decimal(18, 4)) as reactivated_mrr,
        cast(compared.expansion_mrr as decimal(18, 4)) as expansion_mrr,
        cast(greatest(-compared.change_mrr, 0) as decimal(18, 4)) as contraction_mrr,
        cast(case when compared.is_churned then compared.opening_mrr_at_close_rate else 0 end as decimal(18, 4)) as churned_mrr,
        cast(compared.opening_mrr_at_close_rate - compared.opening_mrr as decimal(18, 4)) as fx_impact_mrr,
        compared.closing_mrr,
        cast(compared.expansion_mrr - compared.cross_sell_mrr as decimal(18, 4)) as upsell_mrr,
        cast(compared.cross_sell_mrr as decimal(18, 4)) as cross_sell_mrr,
        {%- for column in ['price_change_mrr', 'discount_change_mrr'] %}
        cast(
            case
                when compared.is_opening_customer and compared.is_closing_customer then coalesce(month_drivers.{{ column }}, 0)
                else 0
            end as decimal(18, 4)
        ) as {{ column }},
        {%- endfor %}
        cast(least(compared.opening_mrr_at_close_rate, compared.closing_mrr) as decimal(18, 4)) as retained_mrr,
        compared.realised_ltv,
        compared.predicted_ltv,
        compared.tenure_months,
        compared.is_opening_customer,
        compared.is_closing_customer,
        compared.is_new,
        compared.is_reactivated,
        compared.is_churned,
        compared.is_churned and coalesce(churns.is_involuntary, false) as is_involuntary_churn,
        case when supplied_inputs.has_cancellations then coalesce(churn_reasons.is_cs_controllable, false) end
            as is_cs_controllable_churn,
        compared.expansion_mrr > compared.cross_sell_mrr and coalesce(month_drivers.has_plan_upgrade, false) as is_plan_upsold,
        compared.expansion_mrr > compared.cross_sell_mrr and coalesce(month_drivers.has_seat_or_plan_upgrade, false)
            as is_seat_plan_upsold,
        case
            when
                compared.expansion_mrr > 0
                and {{ add_days(month_end('compared.month_start'), 180) }} <= settings.as_of_date
                then churned_after.account_id is not null
        end as is_churned_180d_after_expansion,
        compared.cohort_month,
        compared.month_start
    from compared
    cross join settings
    cross join supplied_inputs
    inner join segments on compared.account_id = segments.account_id
    left join churn_reasons
        on compared.account_id = churn_reasons.account_id and compared.month_start = churn_reasons.month_start
    left join month_drivers
        on compared.account_id = month_drivers.account_id and compared.month_start = month_drivers.month_start
    left join churns
        on compared.account_id = churns.account_id and compared.month_start = churns.month_start
    left join churned_after
        on compared.account_id = churned_after.account_id and compared.month_start = churned_after.month_start
)

select * from final
