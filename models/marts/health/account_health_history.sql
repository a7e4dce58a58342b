with history as (
    select * from {{ source('health', 'score_history') }}
),

final as (
    select
        cast(account_id as string) as account_id,

        cast(config_version as string) as config_version,
        cast(main_reason as string) as main_reason,

        cast(score as double) as score,
        cast(coverage as double) as coverage,
        cast(adoption_score as double) as adoption_score,
        cast(maturity_score as double) as maturity_score,
        cast(engagement_score as double) as engagement_score,
        cast(sentiment_score as double) as sentiment_score,
        cast(support_score as double) as support_score,
        cast(commercial_score as double) as commercial_score,

        cast(as_of_date as date) as as_of_date
    from history
)

select * from final
