-- What became of accounts after an action of the playbook was done, against accounts that had the same action due.
with accounts as (
    select * from {{ ref('int_playbook_accounts') }}
),

outcomes as (
    select * from {{ ref('campaign_outcomes') }}
),

actions as (
    select * from {{ ref('health_actions') }}
),

effects as (
    {{ effects_of(ref('int_playbook_strata'), ['next_best_action', 'outcome']) }}
),

success_settings as (
    select setting_value as min_accounts
    from {{ ref('success_settings') }}
    where setting_id = 'campaign_min_accounts'
),

due_accounts as (
    select
        next_best_action,
        count(*) as accounts,
        {{ count_where('is_treated') }} as done_accounts
    from accounts
    group by next_best_action
),

final as (
    select
        cast(due_accounts.next_best_action as string) as next_best_action,
        cast(actions.label_en as string) as next_best_action_label_en,
        cast(actions.label_ja as string) as next_best_action_label_ja,
        cast(outcomes.outcome as string) as outcome,
        cast(outcomes.label_en as string) as outcome_label_en,
        cast(outcomes.label_ja as string) as outcome_label_ja,
        cast(outcomes.within_days as bigint) as within_days,
        cast(due_accounts.accounts as bigint) as due_accounts,
        cast(due_accounts.done_accounts as bigint) as done_accounts,
        {{ effect_columns() }}
    from due_accounts
    cross join outcomes
    cross join success_settings
    inner join actions on due_accounts.next_best_action = actions.action_id
    left join effects
        on due_accounts.next_best_action = effects.next_best_action and outcomes.outcome = effects.outcome
)

select * from final
