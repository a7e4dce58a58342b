with account_months as (
    select * from {{ ref('fct_account_months') }}
),

months as (
    select * from {{ ref('dim_months') }}
),

activities as (
    select * from {{ ref('fct_cs_activities') }}
),

supplied_inputs as (
    select * from {{ ref('dim_supplied_inputs') }}
),

touched as (
    select distinct
        account_id,
        month_start
    from activities
),

in_community as (
    select distinct
        activities.account_id,
        months.month_start
    from activities
    inner join months
        on
            activities.occurred_on <= months.closes_on
            and activities.occurred_on > {{ add_days('months.closes_on', '-' ~ var('community_touch_days')) }}
    where activities.is_community
),

counted as (
    select
        account_months.month_start,
        account_months.touch_model,
        {{ count_where('account_months.is_closing_customer') }} as customers,
        {{ count_where('account_months.is_closing_customer and in_community.account_id is not null') }} as community_customers,
        {{ count_where('account_months.is_closing_customer and touched.account_id is not null') }} as touched_customers,
        {{ count_where('account_months.is_opening_customer') }} as opening_customers,
        {{ count_where('account_months.is_churned') }} as churned_customers,
        cast(sum(account_months.closing_mrr) as decimal(18, 4)) as mrr,
        sum(account_months.predicted_ltv) as predicted_ltv,
        count(account_months.predicted_ltv) as predicted_customers
    from account_months
    left join touched
        on account_months.account_id = touched.account_id and account_months.month_start = touched.month_start
    left join in_community
        on account_months.account_id = in_community.account_id and account_months.month_start = in_community.month_start
    group by account_months.month_start, account_months.touch_model
),

final as (
    select
        counted.month_start,
        counted.touch_model,
        touch_models.label_en as touch_model_label_en,
        touch_models.label_ja as touch_model_label_ja,
        counted.customers,
        case when supplied_inputs.has_cs_activities then counted.community_customers end as community_customers,
        counted.mrr,
        {{ mean_amount('counted.predicted_ltv', 'counted.predicted_customers') }} as average_predicted_ltv,
        {{ rate('counted.churned_customers', 'counted.opening_customers') }} as customer_churn_rate,
        case when supplied_inputs.has_cs_activities then {{ rate('counted.touched_customers', 'counted.customers') }} end
            as coverage_rate
    from counted
    cross join supplied_inputs
    left join {{ ref('touch_models') }} as touch_models on counted.touch_model = touch_models.touch_model
)

select * from final
