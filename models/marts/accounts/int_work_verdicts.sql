-- The latest verdict on each reason of a customer, and what it means for the work of today.
with reasons as (
    select * from {{ ref('int_work_reasons') }}
),

quiet as (
    select cast(setting_value as integer) as quiet_days from {{ ref('work_settings') }}
    where setting_id = 'quiet_days'
),

feedback as (
    select
        *,
        row_number() over (partition by account_id, reason order by given_at desc, feedback_id desc) as place
    from {{ ref('fct_work_item_feedback') }}
),

-- A verdict closes what had arisen by then. A snooze without an end is as long as the quiet after a touch.
final as (
    select
        reasons.account_id,
        reasons.reason,
        feedback.verdict,
        feedback.given_on,
        case
            when feedback.verdict = 'snoozed'
                then coalesce(feedback.snoozed_until, {{ add_days('feedback.given_on', 'quiet.quiet_days') }})
        end as snoozed_until,
        feedback.verdict != 'snoozed'
        and feedback.given_on >= coalesce(
            reasons.arose_on, {{ add_days('reasons.as_of_date', '-reasons.again_after_days') }}
        ) as is_closed
    from reasons
    cross join quiet
    inner join feedback
        on reasons.account_id = feedback.account_id and reasons.reason = feedback.reason and feedback.place = 1
)

select * from final
