-- Where the band of an account is another than at the date before.
with scores as (
    select * from {{ ref('account_health_scores') }}
),

bands as (
    select * from {{ ref('health_bands') }}
),

preceded as (
    select
        *,
        lag(as_of_date) over (partition by account_id order by as_of_date) as previous_as_of_date,
        lag(health_band) over (partition by account_id order by as_of_date) as previous_health_band,
        lag(score) over (partition by account_id order by as_of_date) as previous_score,
        lag(main_reason) over (partition by account_id order by as_of_date) as previous_main_reason,
        coalesce(adoption_score - lag(adoption_score) over (partition by account_id order by as_of_date), 0)
            as adoption_change,
        coalesce(maturity_score - lag(maturity_score) over (partition by account_id order by as_of_date), 0)
            as maturity_change,
        coalesce(engagement_score - lag(engagement_score) over (partition by account_id order by as_of_date), 0)
            as engagement_change,
        coalesce(sentiment_score - lag(sentiment_score) over (partition by account_id order by as_of_date), 0)
            as sentiment_change,
        coalesce(support_score - lag(support_score) over (partition by account_id order by as_of_date), 0)
            as support_change,
        coalesce(commercial_score - lag(commercial_score) over (partition by account_id order by as_of_date), 0)
            as commercial_change
    from scores
),

changed as (
    select
        *,
        greatest(
            adoption_change, maturity_change, engagement_change,
            sentiment_change, support_change, commercial_change
        ) as most_won,
        least(
            adoption_change, maturity_change, engagement_change,
            sentiment_change, support_change, commercial_change
        ) as most_lost
    from preceded
    where health_band != previous_health_band
),

judged as (
    select
        changed.*,
        case
            when bands.min_score is not null and previous_bands.min_score is not null
                then bands.min_score > previous_bands.min_score
        end as is_improvement
    from changed
    left join bands on changed.health_band = bands.health_band
    left join bands as previous_bands on changed.previous_health_band = previous_bands.health_band
),

final as (
    select
        cast(account_id as string) as account_id,

        cast(previous_health_band as string) as previous_health_band,
        cast(health_band as string) as health_band,
        cast(case
            when is_improvement and most_won > 0 and adoption_change = most_won then 'adoption'
            when is_improvement and most_won > 0 and maturity_change = most_won then 'maturity'
            when is_improvement and most_won > 0 and engagement_change = most_won then 'engagement'
            when is_improvement and most_won > 0 and sentiment_change = most_won then 'sentiment'
            when is_improvement and most_won > 0 and support_change = most_won then 'support'
            when is_improvement and most_won > 0 and commercial_change = most_won then 'commercial'
            when not is_improvement and most_lost < 0 and adoption_change = most_lost then 'adoption'
            when not is_improvement and most_lost < 0 and maturity_change = most_lost then 'maturity'
            when not is_improvement and most_lost < 0 and engagement_change = most_lost then 'engagement'
            when not is_improvement and most_lost < 0 and sentiment_change = most_lost then 'sentiment'
            when not is_improvement and most_lost < 0 and support_change = most_lost then 'support'
            when not is_improvement and most_lost < 0 and commercial_change = most_lost then 'commercial'
        end as string) as changed_axis,
        cast(case when is_improvement then previous_main_reason else main_reason end as string) as reason,
        cast(next_best_action as string) as next_best_action,
        cast(config_version as string) as config_version,

        cast(previous_score as double) as previous_score,
        cast(score as double) as score,

        cast(is_improvement as boolean) as is_improvement,

        cast(previous_as_of_date as date) as previous_as_of_date,
        cast(as_of_date as date) as as_of_date
    from judged
)

select * from final
