-- Spans of time in which status and discounts of a subscription are one: states, cut where a trial, a pause or a
-- discount ends. The present state of a subscription without events counts from its period's start; before it, it was
-- active.
with periods as (
    select
        subscription_id,
        starts_at,
        min(period_start) as period_start,
        max(period_end) as period_end
    from {{ ref('stripe_state_items') }}
    group by subscription_id, starts_at
),

followed as (
    select
        states.*,
        periods.period_start,
        periods.period_end,
        cast({{ json_text('states.pause_collection', 'resumes_at') }} as bigint) as resumes_at,
        lead(states.starts_at) over (partition by states.subscription_id order by states.starts_at) as next_starts_at,
        lead(states.status) over (partition by states.subscription_id order by states.starts_at) as next_status,
        lead(states.ended_at) over (partition by states.subscription_id order by states.starts_at) as next_ended_at
    from {{ ref('stripe_states') }} as states
    left join periods on states.subscription_id = periods.subscription_id and states.starts_at = periods.starts_at
),

states as (
    select
        *,
        case
            when next_status = 'canceled' then least(next_starts_at, coalesce(cast(next_ended_at as bigint), next_starts_at))
            when next_starts_at is not null then next_starts_at
            when status = 'canceled' then cast(ended_at as bigint)
            when cancel_at is not null then cast(cancel_at as bigint)
            when cancel_at_period_end = 'true' then period_end
        end as ends_at
    from followed
    where status not in ('incomplete', 'incomplete_expired') and (status <> 'canceled' or origin = 'present')
),

moments as (
    select
        subscription_id,
        starts_at,
        starts_at as moment
    from states
    union
    select
        subscription_id,
        starts_at,
        resumes_at as moment
    from states
    union
    select
        subscription_id,
        starts_at,
        case when origin = 'present' then cast(trial_end as bigint) end as moment
    from states
    union
    select
        subscription_id,
        starts_at,
        case when origin = 'present' then period_start end as moment
    from states
    union
    select
        subscription_id,
        starts_at,
        begins_at as moment
    from {{ ref('stripe_discounts') }}
    union
    select
        subscription_id,
        starts_at,
        ends_at as moment
    from {{ ref('stripe_discounts') }}
),

spans as (
    select
        states.*,
        moments.moment as valid_from,
        coalesce(
            lead(moments.moment) over (partition by states.subscription_id, states.starts_at order by moments.moment),
            states.ends_at
        ) as valid_to
    from states
    inner join moments
        on
            states.subscription_id = moments.subscription_id
            and states.starts_at = moments.starts_at
    where
        moments.moment >= states.starts_at
        and (states.ends_at is null or moments.moment < states.ends_at or moments.moment = states.starts_at)
),

final as (
    select
        subscription_id,
        customer,
        starts_at,
        valid_from,
        valid_to,
        recorded_at,
        origin,
        case
            when status = 'trialing' and origin <> 'present' then 'trialing'
            when origin = 'present' and cast(trial_end as bigint) > valid_from then 'trialing'
            when origin = 'present' and (valid_from < period_start or status = 'canceled') then 'active'
            when pause_collection is not null and (resumes_at is null or valid_from < resumes_at) then 'paused'
            when status = 'paused' then 'paused'
            when status in ('past_due', 'unpaid') then 'past_due'
            else 'active'
        end as status,
        _file_name,
        _row_number
    from spans
)

select * from final
