with tickets as (
    select * from {{ ref('fct_support_tickets') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

ticket_stages as (
    select
        tickets.ticket_id,
        tickets.account_id,
        tickets.agent_id,
        tickets.channel,
        tickets.is_complaint,
        tickets.replies,
        tickets.first_response_minutes,
        tickets.resolution_hours,
        tickets.is_escalated,
        tickets.month_start as opened_month,
        {{ month_start('tickets.first_responded_on') }} as first_responded_month,
        {{ month_start('tickets.resolved_on') }} as resolved_month,
        {{ month_start('settings.as_of_date') }} as as_of_month
    from tickets
    cross join settings
),

ticket_months as (
    select
        *,
        {{ each_month(
            'opened_month',
            'greatest(coalesce(resolved_month, as_of_month), coalesce(first_responded_month, opened_month))'
        ) }} as month_start
    from ticket_stages
),

final as (
    select
        ticket_months.ticket_id,
        {{ customer_segments() }},
        ticket_months.agent_id,
        ticket_months.channel,
        case when ticket_months.month_start = ticket_months.opened_month then ticket_months.replies end as replies,
        case when ticket_months.month_start = ticket_months.first_responded_month then ticket_months.first_response_minutes end
            as first_response_minutes,
        case when ticket_months.month_start = ticket_months.resolved_month then ticket_months.resolution_hours end
            as resolution_hours,
        ticket_months.month_start = ticket_months.opened_month as is_opened,
        ticket_months.month_start = ticket_months.opened_month and ticket_months.is_escalated as is_escalated,
        case when ticket_months.month_start = ticket_months.opened_month then ticket_months.is_complaint end as is_complaint,
        coalesce(ticket_months.month_start = ticket_months.first_responded_month, false) as is_first_responded,
        coalesce(ticket_months.month_start = ticket_months.resolved_month, false) as is_resolved,
        coalesce(ticket_months.month_start < ticket_months.resolved_month, true) as is_open_at_close,
        ticket_months.month_start
    from ticket_months
    {{ join_customer_segments('ticket_months') }}
)

select * from final
