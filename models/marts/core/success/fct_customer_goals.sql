with goals as (
    {{ dated_rows(ref('stg_customer_goals'), 'set_at') }}
),

fees as (
    select * from {{ ref('int_customer_goal_fees') }}
),

goal_days as (
    select
        *,
        {{ local_date('goals.due_at', 'goals.reporting_timezone') }} as due_on,
        {{ known_day('goals', 'achieved_at') }} as achieved_on
    from goals
),

-- A goal achieved on the day it is due is in time.
known as (
    select
        *,
        least({{ month_end('coalesce(achieved_on, happened_on)') }}, as_of_date) as valued_on,
        achieved_on is not null as is_achieved,
        due_on <= as_of_date as is_past_due_date,
        case when due_on is not null then coalesce(achieved_on <= due_on, false) end as is_achieved_in_time
    from goal_days
),

final as (
    select
        known.goal_id,
        {{ customer_segments() }},
        known.title,
        known.currency,
        known.baseline_value,
        known.target_value,
        case when known.is_achieved then known.achieved_value end as achieved_value,
        cast(known.value_amount as decimal(18, 4)) as value_amount_local,
        cast(known.cost_amount as decimal(18, 4)) as cost_amount_local,
        {{ converted('known.value_amount', 'fx_rates.rate_to_reporting') }} as value_amount,
        case
            when known.cost_amount is not null
                then {{ converted('known.cost_amount', 'fx_rates.rate_to_reporting') }}
            when known.is_achieved then coalesce(fees.fees, cast(0 as decimal(18, 4)))
        end as cost_amount,
        known.cost_amount is null and known.is_achieved as is_cost_of_fees,
        known.is_achieved,
        known.is_achieved_in_time,
        coalesce(known.is_past_due_date, false) as is_past_due_date,
        known.set_at,
        known.due_at,
        case when known.is_achieved then known.achieved_at end as achieved_at,
        known.happened_on as set_on,
        known.due_on,
        case when known.is_achieved then greatest(known.achieved_on, known.happened_on) end as achieved_on,
        known.month_start
    from known
    left join fees on known.goal_id = fees.goal_id
    {{ join_fx_rates('known', 'valued_on') }}
    {{ join_customer_segments('known') }}
)

select * from final
