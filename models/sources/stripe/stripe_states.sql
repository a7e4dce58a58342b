{#- What a subscription has that changes its MRR: as the state after an event has it, and before it. -#}
{%- set fields = [
    'customer', 'status', 'items', 'discount', 'discounts', 'pause_collection', 'trial_end', 'cancel_at',
    'cancel_at_period_end', 'current_period_start', 'current_period_end', 'ended_at'
] -%}
-- The states of each subscription, each from its moment on: of events the last of a second, and before the first event
-- what previous_attributes undoes to. Subscriptions without events have their present state alone.
with events as (
    select
        object_id as event_id,
        {{ json_text('body', 'type') }} as event_type,
        cast({{ json_text('body', 'created') }} as bigint) as happened_at,
        {{ json_text('body', 'data.object') }} as body,
        coalesce({{ json_text('body', 'data.previous_attributes') }}, '{}') as undone,
        _file_name,
        _row_number
    from {{ ref('stripe_objects') }}
    where object_name = 'events' and {{ json_text('body', 'type') }} like 'customer.subscription.%'
),

changes as (
    select
        event_id,
        event_type,
        happened_at,
        {{ json_text('body', 'id') }} as subscription_id,
        cast(coalesce({{ json_text('body', 'start_date') }}, {{ json_text('body', 'created') }}) as bigint) as started_at,
        {%- for field in fields %}
        {{ json_text('body', field) }} as {{ field }},
        case
            when {{ json_has_key('undone', field) }} then {{ json_text('undone', field) }} else {{ json_text('body', field) }}
        end as {{ field }}_before,
        {%- endfor %}
        _file_name,
        _row_number
    from events
),

chained as (
    select
        *,
        concat_ws('|'{% for field in fields %}, coalesce({{ field }}, ''){% endfor %}) as after_text,
        concat_ws('|'{% for field in fields %}, coalesce({{ field }}_before, ''){% endfor %}) as before_text
    from changes
),

made_from as (
    select distinct
        subscription_id,
        happened_at,
        before_text as state_text
    from chained
    where before_text <> after_text
),

made as (
    select distinct
        subscription_id,
        happened_at,
        after_text as state_text
    from chained
    where before_text <> after_text
),

-- Within one second, an event comes after the one whose state it was made from.
placed as (
    select
        events.*,
        made.state_text is not null as has_earlier,
        made_from.state_text is not null as has_later
    from chained as events
    left join made
        on
            events.subscription_id = made.subscription_id
            and events.happened_at = made.happened_at
            and events.before_text = made.state_text
    left join made_from
        on
            events.subscription_id = made_from.subscription_id
            and events.happened_at = made_from.happened_at
            and events.after_text = made_from.state_text
),

ranked as (
    select
        *,
        row_number() over (
            partition by subscription_id
            order by happened_at, case when event_type = 'customer.subscription.created' then 0 else 1 end, has_earlier, event_id
        ) as place,
        row_number() over (
            partition by subscription_id, happened_at
            order by
                case when event_type = 'customer.subscription.deleted' then 0 else 1 end asc,
                has_later asc,
                case when event_type = 'customer.subscription.created' then 1 else 0 end asc,
                event_id desc
        ) as place_from_end
    from placed
),

states as (
    select
        subscription_id,
        started_at as starts_at,
        happened_at as recorded_at,
        'before_events' as origin,
        {%- for field in fields %}
        {{ field }}_before as {{ field }},
        {%- endfor %}
        _file_name,
        _row_number
    from ranked
    where place = 1 and event_type <> 'customer.subscription.created' and started_at < happened_at
    union all
    select
        subscription_id,
        case when event_type = 'customer.subscription.created' then least(started_at, happened_at) else happened_at end
            as starts_at,
        happened_at as recorded_at,
        'event' as origin,
        {%- for field in fields %}
        {{ "case when event_type = 'customer.subscription.deleted' then 'canceled' else status end" if field == 'status' else field }} as {{ field }},
        {%- endfor %}
        _file_name,
        _row_number
    from ranked
    where place_from_end = 1
    union all
    select
        object_id as subscription_id,
        cast(coalesce({{ json_text('body', 'start_date') }}, {{ json_text('body', 'created') }}) as bigint) as starts_at,
        cast(null as bigint) as recorded_at,
        'present' as origin,
        {%- for field in fields %}
        {{ json_text('body', field) }} as {{ field }},
        {%- endfor %}
        _file_name,
        _row_number
    from {{ ref('stripe_objects') }}
    where object_name = 'subscriptions' and object_id not in (select changes.subscription_id from changes)
)

select * from states
