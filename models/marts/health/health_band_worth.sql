-- What became of the customers of each band, over the as-of dates whose horizon is over.
with scores as (
    select * from {{ ref('account_health_scores') }}
),

outcomes as (
    select * from {{ ref('int_account_outcomes') }}
),

commitments as (
    select * from {{ ref('int_account_commitment_measures') }}
),

dates as (
    select distinct as_of_date from scores
),

newest as (
    select max(as_of_date) as as_of_date from scores
),

horizons as (
    {%- for days in var('backtest_horizons') %}
    select cast({{ days }} as bigint) as horizon_days
    {%- if not loop.last %} union all {%- endif %}
    {%- endfor %}
),

-- The newest date with a closed window is number 1.
closed_dates as (
    select
        dates.as_of_date,
        horizons.horizon_days,
        row_number() over (partition by horizons.horizon_days order by dates.as_of_date desc) as date_number
    from dates
    cross join horizons
    cross join newest
    where {{ dbt.datediff('dates.as_of_date', 'newest.as_of_date', 'day') }} >= horizons.horizon_days
),

-- Where history has no more dates than the latest, both windows are one.
windows as (
    select
        horizon_days,
        min(as_of_date) as as_of_from,
        max(as_of_date) as as_of_to
    from closed_dates
    group by horizon_days
    union
    select
        horizon_days,
        min(as_of_date) as as_of_from,
        max(as_of_date) as as_of_to
    from closed_dates
    where date_number <= {{ var('backtest_latest_dates') }}
    group by horizon_days
),

scored_dates as (
    select
        scores.account_id,
        scores.as_of_date,
        scores.health_band,
        outcomes.mrr,
        commitments.is_leaving,
        {{ dbt.datediff('scores.as_of_date', 'outcomes.next_churn_on', 'day') }} as days_to_churn
    from scores
    inner join outcomes
        on scores.account_id = outcomes.account_id and scores.as_of_date = outcomes.as_of_date
    inner join commitments
        on scores.account_id = commitments.account_id and scores.as_of_date = commitments.as_of_date
),

-- Those who gave notice are in the rows of all, and left out of the others: nothing need be predicted of them.
parts as (
    select
        'all' as segment_dimension,
        'all' as segment_value,
        scored_dates.*
    from scored_dates
    union all
    select
        'notice' as segment_dimension,
        'none' as segment_value,
        scored_dates.*
    from scored_dates
    where not scored_dates.is_leaving
),

band_counts as (
    select
        windows.as_of_from,
        windows.as_of_to,
        windows.horizon_days,
        parts.segment_dimension,
        parts.segment_value,
        parts.health_band,
        cast(count(*) as bigint) as account_dates,
        {{ count_where('parts.days_to_churn <= windows.horizon_days') }} as churned,
        sum(case when parts.days_to_churn <= windows.horizon_days then parts.mrr else 0 end) as lost_mrr
    from windows
    inner join parts on parts.as_of_date between windows.as_of_from and windows.as_of_to
    group by
        windows.as_of_from, windows.as_of_to, windows.horizon_days,
        parts.segment_dimension, parts.segment_value, parts.health_band
),

totals as (
    select
        as_of_from,
        as_of_to,
        horizon_days,
        segment_dimension,
        sum(account_dates) as account_dates,
        sum(churned) as churned,
        sum(lost_mrr) as lost_mrr
    from band_counts
    group by as_of_from, as_of_to, horizon_days, segment_dimension
),

final as (
    select
        cast(band_counts.segment_dimension as string) as segment_dimension,
        cast(band_counts.segment_value as string) as segment_value,
        cast(band_counts.health_band as string) as health_band,
        cast(bands.label_en as string) as health_band_label_en,
        cast(bands.label_ja as string) as health_band_label_ja,
        band_counts.horizon_days,
        band_counts.account_dates,
        band_counts.churned,
        cast(band_counts.lost_mrr as decimal(18, 4)) as lost_mrr,
        {{ rate('band_counts.account_dates', 'totals.account_dates') }} as share_of_customers,
        {{ rate('band_counts.churned', 'band_counts.account_dates') }} as churn_rate,
        {{ rate('band_counts.churned', 'totals.churned') }} as share_of_churned,
        {{ rate('band_counts.lost_mrr', 'totals.lost_mrr') }} as share_of_lost_mrr,
        band_counts.as_of_from,
        band_counts.as_of_to
    from band_counts
    inner join totals
        on
            band_counts.as_of_from = totals.as_of_from
            and band_counts.as_of_to = totals.as_of_to
            and band_counts.horizon_days = totals.horizon_days
            and band_counts.segment_dimension = totals.segment_dimension
    left join {{ ref('health_bands') }} as bands on band_counts.health_band = bands.health_band
)

select * from final
