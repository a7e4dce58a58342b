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

situations as (
    select distinct
        lifecycle_stage,
        health_band,
        main_reason,
        touch_model,
        region,
        account_states
    from account_situations
),

plays as (
    {{ playbook_actions('situations', only_of_reason=true) }}
),

actions as (
    select * from {{ ref('health_actions') }}
),

final as (
    select
        account_situations.account_id,
        account_situations.reason,
        account_situations.touch_model,
        account_situations.health_band,
        account_situations.lifecycle_stage,
        account_situations.expected_mrr_loss_90d,
        actions.action_id as action,
        actions.label_en as action_label_en,
        actions.label_ja as action_label_ja,
        plays.action_id is not null as is_own_action
    from account_situations
    left join plays
        on
            account_situations.lifecycle_stage = plays.lifecycle_stage
            and account_situations.health_band = plays.health_band
            and account_situations.main_reason = plays.main_reason
            and account_situations.touch_model = plays.touch_model
            and account_situations.region = plays.region
            and account_situations.account_states = plays.account_states
    left join actions on coalesce(plays.action_id, account_situations.next_best_action) = actions.action_id
)

select * from final
