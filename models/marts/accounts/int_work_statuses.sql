-- Whether work is open, or why it is not shown.
with reasons as (
    select * from {{ ref('int_work_reasons') }}
),

actions as (
    select * from {{ ref('int_work_actions') }}
),

touches as (
    select * from {{ ref('int_work_touches') }}
),

verdicts as (
    select * from {{ ref('int_work_verdicts') }}
),

listed as (
    select * from {{ ref('kpi_work_reasons') }}
),

quiet as (
    select cast(setting_value as integer) as quiet_days from {{ ref('work_settings') }}
    where setting_id = 'quiet_days'
),

-- A reason that became worse after the touch arose after it, so that it is not quiet.
judged as (
    select
        reasons.account_id,
        reasons.reason,
        reasons.is_growth and not actions.is_own_action as is_without_action,
        case
            when not listed.is_listed then 'muted'
            when verdicts.is_closed then 'closed'
            when verdicts.snoozed_until > reasons.as_of_date then 'snoozed'
            when touches.done_on is not null then 'done'
            when {{ add_days('touches.last_two_way_on', 'quiet.quiet_days') }} > reasons.as_of_date then 'quiet'
            else 'open'
        end as status
    from reasons
    cross join quiet
    inner join listed on reasons.reason = listed.reason
    inner join actions on reasons.account_id = actions.account_id and reasons.reason = actions.reason
    left join touches on reasons.account_id = touches.account_id and reasons.reason = touches.reason
    left join verdicts on reasons.account_id = verdicts.account_id and reasons.reason = verdicts.reason
),

contradicted as (
    select distinct
        judged.account_id,
        judged.reason
    from judged
    inner join {{ ref('work_reason_conflicts') }} as conflicts on judged.reason = conflicts.reason
    inner join judged as others on judged.account_id = others.account_id and conflicts.other_reason = others.reason
    where others.status not in ('muted', 'closed')
),

final as (
    select
        judged.account_id,
        judged.reason,
        case
            when judged.status = 'open' and (judged.is_without_action or contradicted.reason is not null)
                then 'contradicted'
            else judged.status
        end as status
    from judged
    left join contradicted on judged.account_id = contradicted.account_id and judged.reason = contradicted.reason
)

select * from final
