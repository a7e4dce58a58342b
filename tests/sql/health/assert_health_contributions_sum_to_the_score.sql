-- The contributions of a score add up to it.
with contributed as (
    select
        account_id,
        as_of_date,
        sum(contribution) as contribution,
        sum(points_lost) as points_lost
    from {{ ref('account_health_contributions') }}
    group by account_id, as_of_date
),

newest as (
    select max(as_of_date) as as_of_date from {{ ref('account_health_scores') }}
),

final as (
    select
        scores.account_id,
        scores.as_of_date,
        scores.score,
        contributed.contribution,
        contributed.points_lost
    from {{ ref('account_health_scores') }} as scores
    inner join newest on scores.as_of_date = newest.as_of_date
    left join contributed
        on scores.account_id = contributed.account_id and scores.as_of_date = contributed.as_of_date
    where
        (scores.score is null) != (contributed.contribution is null)
        or abs(scores.score - contributed.contribution) > 0.000000001
        or abs(100 - contributed.contribution - contributed.points_lost) > 0.000000001
)

select * from final
