with figures as (
    {{ support_figures_by('agent_id') }}
),

known_columns as (
    select count(replies) > 0 as are_replies_known from {{ ref('fct_support_ticket_months') }}
),

final as (
    select
        figures.month_start,
        figures.agent_id,
        figures.tickets_opened as tickets_handled,
        figures.tickets_resolved,
        figures.open_at_close,
        case when known_columns.are_replies_known then cast(coalesce(figures.replies, 0) as bigint) end as replies,
        figures.customers_served,
        figures.csat_responses,
        figures.csat_rate,
        figures.median_first_response_minutes,
        figures.median_resolution_hours
    from figures
    cross join known_columns
)

select * from final
