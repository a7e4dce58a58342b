with goals as (
    select * from {{ ref('fct_onboarding_steps') }}
    where is_goal
),

-- One goal that was missed makes the account not completed; else one unknown goal makes it unknown.
summed as (
    select
        account_id,
        case
            when count(case when not is_done then 1 end) > 0 then false
            when count(is_done) = count(*) then true
        end as is_completed,
        case
            when count(case when not is_done_within_window then 1 end) > 0 then false
            when count(is_done_within_window) = count(*) then true
        end as is_completed_within_window,
        min(case when is_mature then 1 else 0 end) = 1 as is_mature,
        max(reached_at) as last_reached_at,
        max(days_to_reach) as last_days_to_reach
    from goals
    group by account_id
),

any_step as (
    select distinct
        account_id,
        {%- for column in segment_dimensions().values() %}
        {{ column }},
        {%- endfor %}
        offered_at,
        month_start
    from {{ ref('fct_onboarding_steps') }}
),

final as (
    select
        any_step.account_id,
        {%- for column in segment_dimensions().values() %}
        any_step.{{ column }},
        {%- endfor %}
        case when summed.is_completed then summed.last_days_to_reach end as days_to_complete,
        summed.is_completed,
        summed.is_completed_within_window,
        coalesce(summed.is_mature, true) as is_mature,
        any_step.offered_at,
        case when summed.is_completed then summed.last_reached_at end as completed_at,
        any_step.month_start
    from any_step
    left join summed on any_step.account_id = summed.account_id
)

select * from final
