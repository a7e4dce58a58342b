{{ config(materialized='view') }}

-- Predicted LTV takes the churn of the last twelve months of customers of the same size, over a horizon; the touch model
-- follows from it.
with account_months as (
    select * from {{ ref('int_account_month_totals') }}
    where opening_mrr > 0 or closing_mrr > 0
),

months as (
    select * from {{ ref('int_months') }}
),

segments as (
    select * from {{ ref('int_customer_segments') }}
),

touch_models as (
    select * from {{ ref('touch_models') }}
),

sized_months as (
    select
        account_months.*,
        segments.size_band
    from account_months
    inner join segments on account_months.account_id = segments.account_id
),

band_months as (
    select
        month_start,
        size_band,
        {{ count_where('opening_mrr > 0') }} as opening_customers,
        {{ count_where('opening_mrr > 0 and closing_mrr = 0') }} as churned_customers
    from sized_months
    group by grouping sets ((month_start, size_band), (month_start))
),

churn as (
    select
        band_months.month_start,
        band_months.size_band,
        {{ sum_of_12_months('band_months.opening_customers', 'months.month_number', 'band_months.size_band') }} as opening_customers,
        {{ sum_of_12_months('band_months.churned_customers', 'months.month_number', 'band_months.size_band') }} as churned_customers
    from band_months
    inner join months on band_months.month_start = months.month_start
),

-- The fewer customer months a size band has, the more its churn is drawn to that of all customers.
band_churn as (
    select
        bands.month_start,
        bands.size_band,
        coalesce(
            (
                bands.churned_customers
                + {{ var('ltv_prior_customer_months') }} * {{ rate('everyone.churned_customers', 'everyone.opening_customers') }}
            ) / (bands.opening_customers + {{ var('ltv_prior_customer_months') }}),
            0
        ) as churn_rate
    from churn as bands
    inner join churn as everyone on bands.month_start = everyone.month_start
    where bands.size_band is not null and everyone.size_band is null and bands.opening_customers is not null
),

-- Months that a customer is expected to stay of the horizon.
lifetimes as (
    select
        month_start,
        size_band,
        {{ double_as_decimal(
            'case when churn_rate > 0 then (1 - power(1 - churn_rate, ' ~ var('ltv_horizon_months') ~ ')) / churn_rate'
            ~ ' else ' ~ var('ltv_horizon_months') ~ ' end',
            'decimal(18, 8)'
        ) }} as lifetime_months
    from band_churn
),

predicted_months as (
    select
        sized_months.account_id,
        sized_months.month_start,
        case
            when sized_months.closing_mrr > 0 then {{ converted('sized_months.closing_mrr', 'lifetimes.lifetime_months') }}
        end as predicted_ltv
    from sized_months
    left join lifetimes on sized_months.month_start = lifetimes.month_start and sized_months.size_band = lifetimes.size_band
),

ranked_months as (
    select
        *,
        {{ rate(
            'rank() over (partition by month_start order by predicted_ltv desc nulls last) - 1',
            'count(predicted_ltv) over (partition by month_start)'
        ) }} as share_above
    from predicted_months
),

-- A churned account keeps the touch model of the close before.
final as (
    select
        ranked_months.account_id,
        ranked_months.month_start,
        ranked_months.predicted_ltv,
        coalesce(
            touch_models.touch_model,
            lag(touch_models.touch_model) over (partition by ranked_months.account_id order by ranked_months.month_start),
            'unknown'
        ) as touch_model
    from ranked_months
    left join touch_models
        on
            ranked_months.predicted_ltv is not null
            {%- if var('touch_models_by') == 'share' %}
            and ranked_months.share_above >= touch_models.from_share
            and ranked_months.share_above < touch_models.to_share
            {%- else %}
            and ranked_months.predicted_ltv >= touch_models.from_predicted_ltv
            and (ranked_months.predicted_ltv < touch_models.to_predicted_ltv or touch_models.to_predicted_ltv is null)
            {%- endif %}
)

select * from final
