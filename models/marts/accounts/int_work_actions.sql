-- What to do for each reason of a customer: what the playbook says for the reason, else the customer's next action.
with reasons as (
    select * from {{ ref('int_work_reasons') }}
),

scores as (
    select scores.*
    from {{ ref('account_health_scores') }} as scores
    inner join {{ ref('int_settings') }} as settings on scores.as_of_date = settings.as_of_date
),

states as (
    select * from {{ ref('int_account_states') }}
),

account_situations as (
    select
        reasons.account_id,
        reasons.reason,
        scores.next_best_action,
        scores.expected_mrr_loss_90d,
        scores.lifecycle_stage,
        scores.health_band,
        reasons.reason as main_reason,
        states.touch_model,
        states.region,
        states.account_states
    from reasons
    inner join scores on reasons.account_id = scores.account_id
    inner join states on scores.account_id = states.account_id and scores.as_of_date = states.as_of_date
),

plays as (
    {{ playbook_actions('account_situations', only_of_reason=true) }}
),

actions as (
    select * from {{ ref('health_actions') }}
),

final as (
    select
        plays.account_id,
        plays.reason,
        plays.touch_model,
        plays.health_band,
        plays.lifecycle_stage,
        plays.expected_mrr_loss_90d,
        actions.action_id as action,
        actions.label_en as action_label_en,
        actions.label_ja as action_label_ja,
        plays.action_id is not null as is_own_action
    from plays
    left join actions on coalesce(plays.action_id, plays.next_best_action) = actions.action_id
)

select * from final
