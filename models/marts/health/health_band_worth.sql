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

-- Of customers that gave notice nothing need be predicted, so that figures without them stand beside.
band_counts as (
    select
        windows.as_of_from,
        windows.as_of_to,
        windows.horizon_days,
        scored_dates.health_band,
        cast(count(*) as bigint) as account_dates,
        {{ count_where('scored_dates.days_to_churn <= windows.horizon_days') }} as churned,
        sum(case when scored_dates.days_to_churn <= windows.horizon_days then scored_dates.mrr else 0 end) as lost_mrr,
        {{ count_where('not scored_dates.is_leaving') }} as account_dates_without_notice,
        {{ count_where('not scored_dates.is_leaving and scored_dates.days_to_churn <= windows.horizon_days') }}
            as churned_without_notice,
        sum(
            case
                when not scored_dates.is_leaving and scored_dates.days_to_churn <= windows.horizon_days
                    then scored_dates.mrr
                else 0
            end
        ) as lost_mrr_without_notice
    from windows
    inner join scored_dates on scored_dates.as_of_date between windows.as_of_from and windows.as_of_to
    group by windows.as_of_from, windows.as_of_to, windows.horizon_days, scored_dates.health_band
),

final as (
    select
        cast(band_counts.health_band as string) as health_band,
        cast(bands.label_en as string) as health_band_label_en,
        cast(bands.label_ja as string) as health_band_label_ja,
        band_counts.horizon_days,
        band_counts.account_dates,
        band_counts.account_dates_without_notice,
        band_counts.churned,
        band_counts.churned_without_notice,
        cast(band_counts.lost_mrr as decimal(18, 4)) as lost_mrr,
        cast(band_counts.lost_mrr_without_notice as decimal(18, 4)) as lost_mrr_without_notice,
        {{ rate('band_counts.account_dates', 'sum(band_counts.account_dates) over of_window') }} as share_of_customers,
        {%- for suffix in ['', '_without_notice'] %}
        {{ rate('band_counts.churned' ~ suffix, 'band_counts.account_dates' ~ suffix) }} as churn_rate{{ suffix }},
        {{ rate('band_counts.churned' ~ suffix, 'sum(band_counts.churned' ~ suffix ~ ') over of_window') }}
            as share_of_churned{{ suffix }},
        {{ rate('band_counts.lost_mrr' ~ suffix, 'sum(band_counts.lost_mrr' ~ suffix ~ ') over of_window') }}
            as share_of_lost_mrr{{ suffix }},
        {%- endfor %}
        band_counts.as_of_from,
        band_counts.as_of_to
    from band_counts
    left join {{ ref('health_bands') }} as bands on band_counts.health_band = bands.health_band
    window of_window as (partition by band_counts.as_of_from, band_counts.as_of_to, band_counts.horizon_days)
)

select * from final
