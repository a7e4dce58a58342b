with offers as (
    select * from {{ ref('int_onboarding_offers') }}
),

steps as (
    select * from {{ ref('onboarding_steps') }}
),

reached as (
    select * from {{ ref('int_onboarding_steps_reached') }}
),

segments as (
    select * from {{ ref('int_customer_segments') }}
),

account_months as (
    select * from {{ ref('int_account_months') }}
    where opening_mrr > 0 or closing_mrr > 0
),

settings as (
    select * from {{ ref('int_settings') }}
),

-- Before a source's first row, a step that was not reached is unknown.
recorded as (
    select
        'usage' as source,
        min(activity_date) as first_recorded_on
    from {{ ref('int_account_usage_days') }}
    union all
    select
        'activity' as source,
        min({{ local_date('activities.occurred_at', 'settings.reporting_timezone') }}) as first_recorded_on
    from {{ ref('stg_cs_activities') }} as activities
    cross join settings
    union all
    select
        'gauge' as source,
        min(measured_on) as first_recorded_on
    from {{ ref('stg_usage_gauges') }}
),

-- A step that no account ever reached is one that the source does not record.
recorded_steps as (
    select distinct step_key from reached
),

joined as (
    select
        offers.account_id,
        offers.offered_at,
        offers.month_start,
        steps.step_key,
        steps.step_order,
        steps.is_goal,
        steps.within_days,
        reached.reached_at as own_reached_at,
        coalesce(recorded.first_recorded_on <= {{ month_end('offers.month_start') }}, false)
        and recorded_steps.step_key is not null as is_recorded,
        coalesce(
            reached.reached_at < {{ dbt.dateadd('day', 'steps.within_days', 'offers.offered_at') }},
            reached.reached_at is not null
        ) as is_own_in_time,
        coalesce(
            settings.as_of_date
            >= {{ add_days(add_months('offers.month_start', 1), 'steps.within_days - 1') }},
            true
        ) as is_mature
    from offers
    cross join settings
    cross join steps
    inner join recorded
        on
            steps.source_kind = recorded.source
            or (steps.source_kind in ('event', 'feature') and recorded.source = 'usage')
    left join recorded_steps on steps.step_key = recorded_steps.step_key
    left join reached on offers.account_id = reached.account_id and steps.step_key = reached.step_key
),

-- An account that reached a later step has passed this one.
passed as (
    select
        *,
        coalesce(own_reached_at, min(own_reached_at) over (
            partition by account_id order by step_order rows between 1 following and unbounded following
        )) as reached_at,
        max(case when is_own_in_time then 1 else 0 end) over (
            partition by account_id order by step_order rows between current row and unbounded following
        ) = 1 as is_passed_in_time
    from joined
),

final as (
    select
        passed.account_id,
        passed.step_key,
        {{ month_segments() }},
        passed.step_order,
        passed.within_days,
        case
            when passed.reached_at <= passed.offered_at then cast(0 as bigint)
            else cast(floor(
                {{ dbt.datediff('passed.offered_at', 'passed.reached_at', 'second') }} / 86400.0
            ) as bigint)
        end as days_to_reach,
        passed.is_goal,
        case when passed.reached_at is not null then true when passed.is_recorded then false end
            as is_reached,
        passed.own_reached_at is null and passed.reached_at is not null as is_skipped,
        case when passed.is_passed_in_time then true when passed.is_recorded then false end
            as is_passed_within_window,
        case
            when coalesce(passed.reached_at < {{ dbt.dateadd('day', 'passed.within_days', 'passed.offered_at') }}, passed.reached_at is not null)
                then true
            when passed.is_recorded then false
        end as is_within_window,
        case when passed.own_reached_at is not null then true when passed.is_recorded then false end
            as is_done,
        case when passed.is_own_in_time then true when passed.is_recorded then false end
            as is_done_within_window,
        passed.is_mature,
        passed.offered_at,
        passed.reached_at,
        passed.month_start
    from passed
    inner join segments on passed.account_id = segments.account_id
    left join account_months
        on passed.account_id = account_months.account_id and passed.month_start = account_months.month_start
)

select * from final
