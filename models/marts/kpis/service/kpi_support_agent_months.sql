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

known_columns as (
    select count(replies) > 0 as are_replies_known from ticket_months
),

agent_tickets as (
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

agent_answers as (
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
        coalesce(agent_tickets.month_start, agent_answers.month_start) as month_start,
        coalesce(agent_tickets.agent_id, agent_answers.agent_id) as agent_id,
        coalesce(agent_tickets.tickets_handled, 0) as tickets_handled,
        coalesce(agent_tickets.tickets_resolved, 0) as tickets_resolved,
        coalesce(agent_tickets.open_at_close, 0) as open_at_close,
        case when known_columns.are_replies_known then cast(coalesce(agent_tickets.replies, 0) as bigint) end as replies,
        cast(coalesce(agent_tickets.customers_served, 0) as bigint) as customers_served,
        cast(coalesce(agent_answers.csat_responses, 0) as bigint) as csat_responses,
        {{ rate('agent_answers.csat_satisfied', 'agent_answers.csat_responses') }} as csat_rate,
        agent_tickets.median_first_response_minutes,
        agent_tickets.median_resolution_hours
    from agent_tickets
    full outer join agent_answers
        on agent_tickets.month_start = agent_answers.month_start and agent_tickets.agent_id = agent_answers.agent_id
    cross join known_columns
)

select * from final
