with reasons as (
    select * from {{ ref('work_reasons') }}
),

today as (
    select as_of_date from {{ ref('int_settings') }}
),

settings as (
    select
        max(case when setting_id = 'verdict_days' then cast(setting_value as integer) end) as verdict_days,
        max(case when setting_id = 'false_alarm_verdicts' then setting_value end) as false_alarm_verdicts,
        max(case when setting_id = 'false_alarm_rate' then setting_value end) as false_alarm_rate
    from {{ ref('work_settings') }}
),

-- A snooze says nothing of whether the reason was right.
verdicts as (
    select
        feedback.reason,
        count(*) as verdicts,
        {{ count_where("feedback.verdict = 'false_alarm'") }} as false_alarms,
        {{ count_where("feedback.verdict = 'done'") }} as done,
        {{ count_where("feedback.verdict = 'saved'") }} as saved,
        {{ count_where("feedback.verdict = 'lost'") }} as lost
    from {{ ref('fct_work_item_feedback') }} as feedback
    cross join today
    cross join settings
    where
        feedback.verdict != 'snoozed'
        and feedback.given_on > {{ add_days('today.as_of_date', '-settings.verdict_days') }}
    group by feedback.reason
),

final as (
    select
        reasons.reason,
        reasons.label_en as reason_label_en,
        reasons.label_ja as reason_label_ja,
        coalesce(verdicts.verdicts, 0) as verdicts,
        coalesce(verdicts.done, 0) as done,
        coalesce(verdicts.saved, 0) as saved,
        coalesce(verdicts.lost, 0) as lost,
        coalesce(verdicts.false_alarms, 0) as false_alarms,
        {{ rate('verdicts.false_alarms', 'verdicts.verdicts') }} as false_alarm_rate,
        not coalesce(
            verdicts.verdicts >= settings.false_alarm_verdicts
            and verdicts.false_alarms > settings.false_alarm_rate * verdicts.verdicts,
            false
        ) as is_listed,
        today.as_of_date
    from reasons
    cross join today
    cross join settings
    left join verdicts on reasons.reason = verdicts.reason
)

select * from final
