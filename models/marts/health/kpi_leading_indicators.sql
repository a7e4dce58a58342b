with indicators as (
    select * from {{ source('health', 'leading_indicators') }}
),

measures as (
    select * from {{ ref('health_measures') }}
),

final as (
    select
        cast(indicators.indicator_id as string) as indicator_id,
        cast(coalesce(measures.label_en, indicators.indicator_id) as string) as indicator_label_en,
        cast(coalesce(measures.label_ja, indicators.indicator_id) as string) as indicator_label_ja,
        cast(indicators.target_kpi_id as string) as target_kpi_id,
        cast(indicators.lag_days as bigint) as lag_days,
        cast(indicators.auc as double) as auc,
        cast(indicators.auc_low as double) as auc_low,
        cast(indicators.auc_high as double) as auc_high,
        cast(indicators.correlation as double) as correlation,
        cast(indicators.accounts as bigint) as accounts,
        cast(indicators.outcomes as bigint) as outcomes,
        cast(indicators.direction_agrees as boolean) as direction_agrees
    from indicators
    left join measures on indicators.indicator_id = measures.measure_id
)

select * from final
