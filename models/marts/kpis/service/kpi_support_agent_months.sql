with ticket_months as (
    select * from {{ ref('fct_support_ticket_months') }}
),

tickets as (
    select * from {{ ref('fct_support_tickets') }}
),

responses as (
    select * from {{ ref('fct_survey_responses') }}
    where survey_kind = 'csat'
),

brought as (
    select count(replies) > 0 as has_replies from ticket_months
),

handled as (
    select
        month_start,
        coalesce(agent_id, 'unknown') as agent_id,
        {{ count_where('is_opened') }} as tickets_handled,
        {{ count_where('is_resolved') }} as tickets_resolved,
        {{ count_where('is_open_at_close') }} as open_at_close,
        sum(replies) as replies,
        count(distinct case when is_opened then account_id end) as customers_served,
        {{ quantile('first_response_minutes', 0.5) }} as median_first_response_minutes,
        {{ quantile('resolution_hours', 0.5) }} as median_resolution_hours
    from ticket_months
    group by month_start, coalesce(agent_id, 'unknown')
),

answered as (
    select
        responses.month_start,
        coalesce(tickets.agent_id, 'unknown') as agent_id,
        count(*) as csat_responses,
        {{ count_where("responses.response_class = 'satisfied'") }} as csat_satisfied
    from responses
    inner join tickets on responses.ticket_id = tickets.ticket_id
    group by responses.month_start, coalesce(tickets.agent_id, 'unknown')
),

final as (
    select
        coalesce(handled.month_start, answered.month_start) as month_start,
        coalesce(handled.agent_id, answered.agent_id) as agent_id,
        coalesce(handled.tickets_handled, 0) as tickets_handled,
        coalesce(handled.tickets_resolved, 0) as tickets_resolved,
        coalesce(handled.open_at_close, 0) as open_at_close,
        case when brought.has_replies then cast(coalesce(handled.replies, 0) as bigint) end as replies,
        cast(coalesce(handled.customers_served, 0) as bigint) as customers_served,
        cast(coalesce(answered.csat_responses, 0) as bigint) as csat_responses,
        {{ rate('answered.csat_satisfied', 'answered.csat_responses') }} as csat_rate,
        handled.median_first_response_minutes,
        handled.median_resolution_hours
    from handled
    full outer join answered
        on handled.month_start = answered.month_start and handled.agent_id = answered.agent_id
    cross join brought
)

select * from final
