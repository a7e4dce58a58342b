with tickets as (
    {{ dated_rows(ref('stg_support_tickets'), 'opened_at') }}
),

known_tickets as (
    select
        *,
        {{ known_day('tickets', 'first_responded_at') }} as first_responded_on,
        {{ known_day('tickets', 'resolved_at') }} as resolved_on
    from tickets
),

categories as (
    select * from {{ ref('ticket_categories') }}
),

-- A time before the opening is an error of the source: the ticket counts, its duration is NULL.
final as (
    select
        known_tickets.ticket_id,
        {{ customer_segments() }},
        known_tickets.user_id,
        known_tickets.agent_id,
        known_tickets.channel,
        known_tickets.category,
        known_tickets.priority,
        known_tickets.replies,
        case
            when known_tickets.first_responded_on is not null and known_tickets.first_responded_at >= known_tickets.opened_at
                then cast({{ dbt.datediff('known_tickets.opened_at', 'known_tickets.first_responded_at', 'second') }} as double) / 60
        end as first_response_minutes,
        case
            when known_tickets.resolved_on is not null and known_tickets.resolved_at >= known_tickets.opened_at
                then cast({{ dbt.datediff('known_tickets.opened_at', 'known_tickets.resolved_at', 'second') }} as double) / 3600
        end as resolution_hours,
        known_tickets.is_escalated,
        case when known_tickets.category is not null then coalesce(categories.is_complaint, false) end as is_complaint,
        known_tickets.opened_at,
        case when known_tickets.first_responded_on is not null then known_tickets.first_responded_at end
            as first_responded_at,
        case when known_tickets.resolved_on is not null then known_tickets.resolved_at end as resolved_at,
        known_tickets.happened_on as opened_on,
        case
            when known_tickets.first_responded_on is not null
                then greatest(known_tickets.first_responded_on, known_tickets.happened_on)
        end as first_responded_on,
        case when known_tickets.resolved_on is not null then greatest(known_tickets.resolved_on, known_tickets.happened_on) end
            as resolved_on,
        -- A row that was written anew when the ticket was resolved says nothing of when the ticket was recorded.
        case
            when known_tickets.resolved_at is null or known_tickets.recorded_at < known_tickets.resolved_at
                then {{ recorded_day('known_tickets') }}
        end as recorded_on,
        known_tickets.month_start
    from known_tickets
    left join categories on known_tickets.category = categories.category
    {{ join_customer_segments('known_tickets') }}
)

select * from final
