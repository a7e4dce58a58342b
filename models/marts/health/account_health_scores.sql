with scores as (
    select * from {{ source('health', 'account_scores') }}
),

bands as (
    select * from {{ ref('health_bands') }}
),

stages as (
    select * from {{ ref('lifecycle_stages') }}
),

measures as (
    select * from {{ ref('health_measures') }}
),

actions as (
    select * from {{ ref('health_actions') }}
),

next_actions as (
    select * from {{ ref('int_account_next_actions') }}
),

chances as (
    select * from {{ source('health', 'churn_chances') }}
),

chance_reasons as (
    select * from {{ ref('churn_chance_reasons') }}
),

account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

final as (
    select
        cast(scores.account_id as string) as account_id,

        cast(scores.health_band as string) as health_band,
        cast(bands.label_en as string) as health_band_label_en,
        cast(bands.label_ja as string) as health_band_label_ja,
        cast(scores.lifecycle_stage as string) as lifecycle_stage,
        cast(stages.label_en as string) as lifecycle_stage_label_en,
        cast(stages.label_ja as string) as lifecycle_stage_label_ja,
        cast(scores.main_reason as string) as main_reason,
        cast(measures.label_en as string) as main_reason_label_en,
        cast(measures.label_ja as string) as main_reason_label_ja,
        cast(scores.timing_reason as string) as timing_reason,
        cast(timing_measures.label_en as string) as timing_reason_label_en,
        cast(timing_measures.label_ja as string) as timing_reason_label_ja,
        next_actions.next_best_action,
        cast(actions.label_en as string) as next_best_action_label_en,
        cast(actions.label_ja as string) as next_best_action_label_ja,
        cast(chances.churn_chance_reason as string) as churn_chance_reason,
        cast(chance_reasons.label_en as string) as churn_chance_reason_label_en,
        cast(chance_reasons.label_ja as string) as churn_chance_reason_label_ja,
        cast(scores.config_version as string) as config_version,

        cast(scores.score as double) as score,
        cast(scores.coverage as double) as coverage,
        {%- for axis in health_axes() %}
        cast(scores.{{ axis }}_score as double) as {{ axis }}_score,
        {%- endfor %}
        cast(scores.score_change_30d as double) as score_change_30d,
        cast(chances.churn_chance_30d as double) as churn_chance_30d,
        cast(chances.churn_chance_90d as double) as churn_chance_90d,
        {{ double_as_decimal(
            'cast(account_dates.mrr as double) * chances.churn_chance_90d', 'decimal(18, 4)'
        ) }} as expected_mrr_loss_90d,

        cast(scores.band_as_of_date as date) as band_as_of_date,
        cast(scores.as_of_date as date) as as_of_date
    from scores
    left join bands on scores.health_band = bands.health_band
    left join stages on scores.lifecycle_stage = stages.lifecycle_stage
    left join measures on scores.main_reason = measures.measure_id
    left join measures as timing_measures on scores.timing_reason = timing_measures.measure_id
    left join next_actions
        on scores.account_id = next_actions.account_id and scores.as_of_date = next_actions.as_of_date
    left join actions on next_actions.next_best_action = actions.action_id
    left join account_dates
        on scores.account_id = account_dates.account_id and scores.as_of_date = account_dates.as_of_date
    left join chances
        on scores.account_id = chances.account_id and scores.as_of_date = chances.as_of_date
    left join chance_reasons on chances.churn_chance_reason = chance_reasons.churn_chance_reason
)

select * from final
