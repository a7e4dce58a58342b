with tickets as (
    select * from {{ ref('fct_support_tickets') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

staged as (
    select
        tickets.ticket_id,
        tickets.account_id,
        tickets.agent_id,
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

spread as (
    select
        *,
        {{ each_month(
            'opened_month',
            'greatest(coalesce(resolved_month, as_of_month), coalesce(first_responded_month, opened_month))'
        ) }} as month_start
    from staged
),

final as (
    select
        spread.ticket_id,
        {{ customer_segments() }},
        spread.agent_id,
        case when spread.month_start = spread.opened_month then spread.replies end as replies,
        case when spread.month_start = spread.first_responded_month then spread.first_response_minutes end
            as first_response_minutes,
        case when spread.month_start = spread.resolved_month then spread.resolution_hours end
            as resolution_hours,
        spread.month_start = spread.opened_month as is_opened,
        spread.month_start = spread.opened_month and spread.is_escalated as is_escalated,
        coalesce(spread.month_start = spread.first_responded_month, false) as is_first_responded,
        coalesce(spread.month_start = spread.resolved_month, false) as is_resolved,
        coalesce(spread.month_start < spread.resolved_month, true) as is_open_at_close,
        spread.month_start
    from spread
    {{ join_customer_segments('spread') }}
)

select * from final
