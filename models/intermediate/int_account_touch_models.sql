-- What a customer will pay if customers of its size go on leaving as in the last twelve months, and how it is looked after
-- for that.
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

sized as (
    select
        account_months.*,
        segments.size_band
    from account_months
    inner join segments on account_months.account_id = segments.account_id
),

counted as (
    select
        month_start,
        size_band,
        {{ count_where('opening_mrr > 0') }} as opening_customers,
        {{ count_where('opening_mrr > 0 and closing_mrr = 0') }} as churned_customers,
        {{ count_where('closing_mrr > 0') }} as closing_customers
    from sized
    group by grouping sets ((month_start, size_band), (month_start))
),

churn as (
    select
        counted.month_start,
        counted.size_band,
        counted.closing_customers,
        {{ mean_churn_rate_12m(
            'counted.churned_customers', 'counted.opening_customers', 'months.month_number', 'counted.size_band'
        ) }} as churn_rate
    from counted
    inner join months on counted.month_start = months.month_start
),

-- A band that is small, or that nobody left, says nothing of its own.
rated as (
    select
        sized.account_id,
        sized.month_start,
        sized.closing_mrr,
        case
            when bands.closing_customers >= {{ var('ltv_min_customers') }} and bands.churn_rate > 0
                then bands.churn_rate
            else everyone.churn_rate
        end as churn_rate
    from sized
    inner join churn as everyone on sized.month_start = everyone.month_start and everyone.size_band is null
    inner join churn as bands on sized.month_start = bands.month_start and sized.size_band = bands.size_band
),

predicted as (
    select
        account_id,
        month_start,
        case
            when closing_mrr > 0 and churn_rate is not null
                then {{ double_as_decimal(
                    'least(1 / nullif(churn_rate, 0), ' ~ var('ltv_horizon_months') ~ ') * cast(closing_mrr as double)',
                    'decimal(18, 4)'
                ) }}
        end as predicted_ltv
    from rated
),

ranked as (
    select
        *,
        {{ rate(
            'rank() over (partition by month_start order by predicted_ltv desc nulls last) - 1',
            'count(predicted_ltv) over (partition by month_start)'
        ) }} as share_above
    from predicted
),

-- One that left is as it was at the close before.
final as (
    select
        ranked.account_id,
        ranked.month_start,
        ranked.predicted_ltv,
        coalesce(
            touch_models.touch_model,
            lag(touch_models.touch_model) over (partition by ranked.account_id order by ranked.month_start),
            'unknown'
        ) as touch_model
    from ranked
    left join touch_models
        on
            ranked.predicted_ltv is not null
            {%- if var('touch_models_by') == 'share' %}
            and ranked.share_above >= touch_models.from_share
            and ranked.share_above < touch_models.to_share
            {%- else %}
            and ranked.predicted_ltv >= touch_models.from_predicted_ltv
            and (ranked.predicted_ltv < touch_models.to_predicted_ltv or touch_models.to_predicted_ltv is null)
            {%- endif %}
)

select * from final
