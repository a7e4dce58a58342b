{{ config(materialized='view') }}

-- Events, activities and gauges that count for an onboarding step.
with steps as (
    select * from {{ ref('onboarding_steps') }}
),

resolved as (
    select * from {{ ref('int_accounts_resolved') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

activities as (
    select
        resolved.customer_account_id as account_id,
        activities.activity_type,
        activities.occurred_at,
        {{ local_date('activities.occurred_at', 'settings.reporting_timezone') }} as activity_date
    from {{ ref('stg_cs_activities') }} as activities
    inner join resolved on activities.account_id = resolved.account_id
    cross join settings
),

gauges as (
    select
        resolved.customer_account_id as account_id,
        gauges.measure,
        gauges.value,
        {{ to_utc('cast(gauges.measured_on as timestamp)', 'settings.reporting_timezone') }} as occurred_at,
        gauges.measured_on as activity_date
    from {{ ref('stg_usage_gauges') }} as gauges
    inner join resolved on gauges.account_id = resolved.account_id
    cross join settings
),

stacked as (
    select
        events.account_id,
        steps.step_key,
        'event' as source_kind,
        events.event_count as occurrences,
        events.occurred_at,
        events.activity_date
    from {{ ref('int_usage_events') }} as events
    inner join steps on events.event_name = steps.source_value and steps.source_kind = 'event'
    union all
    select
        events.account_id,
        steps.step_key,
        'feature' as source_kind,
        events.event_count as occurrences,
        events.occurred_at,
        events.activity_date
    from {{ ref('int_usage_events') }} as events
    inner join steps on events.feature = steps.source_value and steps.source_kind = 'feature'
    union all
    select
        activities.account_id,
        steps.step_key,
        'activity' as source_kind,
        1 as occurrences,
        activities.occurred_at,
        activities.activity_date
    from activities
    inner join steps on activities.activity_type = steps.source_value and steps.source_kind = 'activity'
    union all
    -- A gauge at the required level counts as all required occurrences.
    select
        gauges.account_id,
        steps.step_key,
        'gauge' as source_kind,
        steps.min_occurrences as occurrences,
        gauges.occurred_at,
        gauges.activity_date
    from gauges
    inner join steps on gauges.measure = steps.source_value and steps.source_kind = 'gauge'
    where gauges.value >= steps.min_occurrences
),

final as (
    select
        stacked.account_id,
        stacked.step_key,
        stacked.source_kind,
        cast(stacked.occurrences as bigint) as occurrences,
        stacked.occurred_at,
        stacked.activity_date
    from stacked
    cross join settings
    where stacked.activity_date <= settings.as_of_date
)

select * from final
