with ticket_months as (
    select
        *,
        coalesce(channel, 'unknown') as ticket_channel
    from {{ ref('fct_support_ticket_months') }}
),

tickets as (
    select * from {{ ref('fct_support_tickets') }}
),

responses as (
    select * from {{ ref('fct_survey_responses') }}
    where survey_kind = 'csat'
),

channels as (
    select * from {{ ref('support_channels') }}
),

channel_tickets as (
    select
        month_start,
        ticket_channel as channel,
        {{ count_where('is_opened') }} as tickets_opened,
        {{ count_where('is_resolved') }} as tickets_resolved,
        {{ count_known('case when is_opened then is_complaint end') }} as complaints,
        {{ quantile('first_response_minutes', 0.5) }} as median_first_response_minutes,
        {{ quantile('resolution_hours', 0.5) }} as median_resolution_hours
    from ticket_months
    group by month_start, ticket_channel
),

channel_answers as (
    select
        responses.month_start,
        coalesce(tickets.channel, 'unknown') as channel,
        count(*) as csat_responses,
        {{ count_where("responses.response_class = 'satisfied'") }} as csat_satisfied
    from responses
    inner join tickets on responses.ticket_id = tickets.ticket_id
    group by responses.month_start, coalesce(tickets.channel, 'unknown')
),

final as (
    select
        coalesce(channel_tickets.month_start, channel_answers.month_start) as month_start,
        coalesce(channel_tickets.channel, channel_answers.channel) as channel,
        coalesce(channels.label_en, channel_tickets.channel, channel_answers.channel) as channel_label_en,
        coalesce(channels.label_ja, channel_tickets.channel, channel_answers.channel) as channel_label_ja,
        coalesce(channel_tickets.tickets_opened, 0) as tickets_opened,
        coalesce(channel_tickets.tickets_resolved, 0) as tickets_resolved,
        channel_tickets.complaints,
        channel_tickets.median_first_response_minutes,
        channel_tickets.median_resolution_hours,
        cast(coalesce(channel_answers.csat_responses, 0) as bigint) as csat_responses,
        {{ rate('channel_answers.csat_satisfied', 'channel_answers.csat_responses') }} as csat_rate
    from channel_tickets
    full outer join channel_answers
        on channel_tickets.month_start = channel_answers.month_start and channel_tickets.channel = channel_answers.channel
    left join channels on coalesce(channel_tickets.channel, channel_answers.channel) = channels.channel
)

select * from final
