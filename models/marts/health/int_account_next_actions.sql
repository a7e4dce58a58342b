-- The next action for each scored account: what the playbook says for its situation.
with scores as (
    select * from {{ source('health', 'account_scores') }}
),

states as (
    select * from {{ ref('int_account_states') }}
),

unknown_band as (
    select health_band from {{ ref('health_bands') }}
    where min_score is null
),

-- Who leaves is asked why, and who does not use the product comes back to it first, whatever costs most points.
account_situations as (
    select
        scores.account_id,
        scores.as_of_date,
        cast(scores.lifecycle_stage as string) as lifecycle_stage,
        cast(case when scores.score is null then unknown_band.health_band else scores.health_band end as string)
            as health_band,
        cast(case
            when states.is_leaving then 'notice_given'
            when states.is_idle then 'no_usage'
            else coalesce(scores.main_reason, 'none')
        end as string) as main_reason,
        states.touch_model,
        states.region,
        states.account_states
    from scores
    cross join unknown_band
    inner join states on scores.account_id = states.account_id and scores.as_of_date = states.as_of_date
),

actions as (
    {{ playbook_actions('account_situations') }}
),

final as (
    select
        account_id,
        action_id as next_best_action,
        as_of_date
    from actions
    where action_id is not null
)

select * from final
