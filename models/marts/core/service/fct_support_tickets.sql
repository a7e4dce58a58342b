with tickets as (
    {{ dated_rows(ref('stg_support_tickets'), 'opened_at') }}
),

known as (
    select
        *,
        {{ known_day('tickets', 'first_responded_at') }} as first_responded_on,
        {{ known_day('tickets', 'resolved_at') }} as resolved_on
    from tickets
),

-- A time before the opening is a mistake of the source: the ticket counts, its duration does not.
final as (
    select
        known.ticket_id,
        {{ customer_segments() }},
        known.user_id,
        known.agent_id,
        known.channel,
        known.category,
        known.priority,
        known.replies,
        case
            when known.first_responded_on is not null and known.first_responded_at >= known.opened_at
                then cast({{ dbt.datediff('known.opened_at', 'known.first_responded_at', 'second') }} as double) / 60
        end as first_response_minutes,
        case
            when known.resolved_on is not null and known.resolved_at >= known.opened_at
                then cast({{ dbt.datediff('known.opened_at', 'known.resolved_at', 'second') }} as double) / 3600
        end as resolution_hours,
        known.is_escalated,
        known.opened_at,
        case when known.first_responded_on is not null then known.first_responded_at end
            as first_responded_at,
        case when known.resolved_on is not null then known.resolved_at end as resolved_at,
        known.happened_on as opened_on,
        case
            when known.first_responded_on is not null
                then greatest(known.first_responded_on, known.happened_on)
        end as first_responded_on,
        case when known.resolved_on is not null then greatest(known.resolved_on, known.happened_on) end
            as resolved_on,
        known.month_start
    from known
    {{ join_customer_segments('known') }}
)

select * from final
