{#- Tickets and their CSAT by month and one attribute of the ticket, such as its agent; `unknown` where it has none. Answers
    count in the month in which they were given. -#}
{% macro support_figures_by(attribute) -%}
    select
        coalesce(tickets.month_start, answers.month_start) as month_start,
        coalesce(tickets.{{ attribute }}, answers.{{ attribute }}) as {{ attribute }},
        coalesce(tickets.tickets_opened, 0) as tickets_opened,
        coalesce(tickets.tickets_resolved, 0) as tickets_resolved,
        coalesce(tickets.open_at_close, 0) as open_at_close,
        tickets.complaints,
        tickets.replies,
        cast(coalesce(tickets.customers_served, 0) as bigint) as customers_served,
        tickets.median_first_response_minutes,
        tickets.median_resolution_hours,
        cast(coalesce(answers.csat_responses, 0) as bigint) as csat_responses,
        {{ rate('answers.csat_satisfied', 'answers.csat_responses') }} as csat_rate
    from (
        select
            month_start,
            coalesce({{ attribute }}, 'unknown') as {{ attribute }},
            {{ count_where('is_opened') }} as tickets_opened,
            {{ count_where('is_resolved') }} as tickets_resolved,
            {{ count_where('is_open_at_close') }} as open_at_close,
            {{ count_known('case when is_opened then is_complaint end') }} as complaints,
            sum(replies) as replies,
            count(distinct case when is_opened then account_id end) as customers_served,
            {{ quantile('first_response_minutes', 0.5) }} as median_first_response_minutes,
            {{ quantile('resolution_hours', 0.5) }} as median_resolution_hours
        from {{ ref('fct_support_ticket_months') }}
        group by month_start, coalesce({{ attribute }}, 'unknown')
    ) as tickets
    full outer join (
        select
            responses.month_start,
            coalesce(answered_tickets.{{ attribute }}, 'unknown') as {{ attribute }},
            count(*) as csat_responses,
            {{ count_where("responses.response_class = 'satisfied'") }} as csat_satisfied
        from {{ ref('fct_survey_responses') }} as responses
        inner join {{ ref('fct_support_tickets') }} as answered_tickets on responses.ticket_id = answered_tickets.ticket_id
        where responses.survey_kind = 'csat'
        group by responses.month_start, coalesce(answered_tickets.{{ attribute }}, 'unknown')
    ) as answers
        on tickets.month_start = answers.month_start and tickets.{{ attribute }} = answers.{{ attribute }}
{%- endmacro %}
