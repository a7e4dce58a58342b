{#- The sessions of usage events: those of one session_id, whatever the pauses, and where the source has none, events
    between pauses. Events without a user count as those of one unknown user of the account. -#}
{% macro sessions_of(events) %}
    with preceded_events as (
        select
            *,
            lag(occurred_at) over (partition by account_id, user_id order by occurred_at) as previous_at
        from {{ events }}
        where session_id is null
    ),

    cut_events as (
        select
            *,
            case
                when occurred_at <= {{ dbt.dateadd('minute', var('session_idle_minutes'), 'previous_at') }} then 0
                else 1
            end as is_cut
        from preceded_events
    ),

    numbered_events as (
        select
            account_id,
            user_id,
            session_id,
            sum(is_cut) over (
                partition by account_id, user_id order by occurred_at
                range between unbounded preceding and current row
            ) as session_number,
            duration_seconds,
            occurred_at,
            activity_date
        from cut_events
        union all
        select
            account_id,
            user_id,
            session_id,
            0 as session_number,
            duration_seconds,
            occurred_at,
            activity_date
        from {{ events }}
        where session_id is not null
    )

    select
        account_id,
        user_id,
        min(activity_date) as activity_date,
        max(activity_date) as ends_on,
        {{ session_seconds('sum(duration_seconds)', 'min(occurred_at)', 'max(occurred_at)') }} as session_seconds
    from numbered_events
    group by account_id, user_id, session_id, session_number
{% endmacro %}


{#- The length of a session: as the source states it, else from its first event to its last. -#}
{% macro session_seconds(duration_seconds, first_event_at, last_event_at) -%}
    cast(
        coalesce({{ duration_seconds }}, {{ dbt.datediff(first_event_at, last_event_at, 'second') }}) as decimal(18, 6)
    )
{%- endmacro %}
