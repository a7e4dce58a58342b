{{ config(
    materialized=growing_table(),
    incremental_strategy='append',
    pre_hook="{{ delete_rows(is_touched_day('account_id', 'activity_date')) }}"
) }}

-- Events are counted by name first, because several steps can ask for the same event.
-- depends_on: {{ ref('int_touched_days') }}, {{ ref('int_touched_accounts') }}
with steps as (
    select * from {{ ref('onboarding_steps') }}
),

counted_events as (
    {%- for kind, column in [('event', 'event_name'), ('feature', 'feature')] %}
    select
        account_id,
        '{{ kind }}' as source_kind,
        {{ column }} as source_value,
        activity_date,
        min(occurred_at) as first_occurred_at,
        sum(event_count) as occurrences
    from {{ ref('int_usage_events') }}
    where
        {{ column }} in (
            select steps.source_value from steps
            where steps.source_kind = '{{ kind }}'
        )
        {%- if is_incremental() %}
        and {{ is_near_touched_day('occurred_at') }} and {{ is_touched_day('account_id', 'activity_date') }}
        {%- endif %}
    group by account_id, {{ column }}, activity_date
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        counted_events.account_id,
        steps.step_key,
        cast(counted_events.occurrences as bigint) as occurrences,
        counted_events.first_occurred_at,
        counted_events.activity_date
    from counted_events
    inner join steps
        on counted_events.source_kind = steps.source_kind and counted_events.source_value = steps.source_value
)

select * from final
