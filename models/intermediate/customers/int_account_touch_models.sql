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
        {{ sum_of_12_months('counted.opening_customers', 'months.month_number', 'counted.size_band') }} as opening_customers,
        {{ sum_of_12_months('counted.churned_customers', 'months.month_number', 'counted.size_band') }} as churned_customers,
        counted.closing_customers >= {{ var('ltv_min_customers') }}
        and {{ sum_of_12_months('counted.churned_customers', 'months.month_number', 'counted.size_band') }} > 0 as is_telling
    from counted
    inner join months on counted.month_start = months.month_start
),

-- A band that is small, or that nobody left, says nothing of its own.
chosen as (
    select
        bands.month_start,
        bands.size_band,
        case when bands.is_telling then bands.opening_customers else everyone.opening_customers end as opening_customers,
        case when bands.is_telling then bands.churned_customers else everyone.churned_customers end as churned_customers
    from churn as bands
    inner join churn as everyone on bands.month_start = everyone.month_start
    where bands.size_band is not null and everyone.size_band is null
),

predicted as (
    select
        sized.account_id,
        sized.month_start,
        case
            when sized.closing_mrr > 0 and chosen.opening_customers is not null
                then least(
                    {{ mean_amount('sized.closing_mrr * chosen.opening_customers', 'chosen.churned_customers') }},
                    cast(sized.closing_mrr * {{ var('ltv_horizon_months') }} as decimal(18, 4))
                )
        end as predicted_ltv
    from sized
    inner join chosen on sized.month_start = chosen.month_start and sized.size_band = chosen.size_band
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
