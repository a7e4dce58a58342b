with ticket_months as (
    select * from {{ ref('fct_support_ticket_months') }}
),

activities as (
    select * from {{ ref('fct_cs_activities') }}
),

brought as (
    select
        count(*) > 0 as has_tickets,
        count(replies) > 0 as has_replies
    from ticket_months
),

activities_brought as (
    select count(*) > 0 as has_activities from activities
),

tickets as (
    select
        month_start,
        {{ segment_columns() }},
        {{ count_where('is_opened') }} as tickets_opened,
        {{ count_where('is_resolved') }} as tickets_resolved,
        {{ count_where('is_open_at_close') }} as open_at_close,
        {{ count_where('is_escalated') }} as escalated,
        sum(replies) as replies,
        count(distinct case when is_opened then account_id end) as customers_served,
        {{ quantile('first_response_minutes', 0.5) }} as median_first_response_minutes,
        {{ quantile('first_response_minutes', 0.9) }} as p90_first_response_minutes,
        {{ quantile('resolution_hours', 0.5) }} as median_resolution_hours,
        {{ quantile('resolution_hours', 0.9) }} as p90_resolution_hours
    from ticket_months
    {{ group_by_segments(['month_start']) }}
),

help_views as (
    select
        {%- for column in segment_dimensions().values() %}
        {{ 'account_csm_id' if column == 'csm_id' else column }} as {{ column }},
        {%- endfor %}
        month_start
    from activities
    where activity_type = 'help_view'
),

help as (
    select
        month_start,
        {{ segment_columns() }},
        count(*) as help_views
    from help_views
    {{ group_by_segments(['month_start']) }}
),

customers as (
    {{ customer_counts() }}
),

joined as (
    select
        tickets.*,
        help.help_views,
        coalesce(tickets.month_start, help.month_start) as shown_month,
        coalesce(tickets.segment_dimension, help.segment_dimension) as shown_dimension,
        coalesce(tickets.segment_value, help.segment_value) as shown_value
    from tickets
    full outer join help
        on
            tickets.month_start = help.month_start
            and tickets.segment_dimension = help.segment_dimension
            and tickets.segment_value = help.segment_value
),

-- Where something is there, what is not there is 0; what was not brought at all stays NULL.
final as (
    select
        joined.shown_month as month_start,
        joined.shown_dimension as segment_dimension,
        joined.shown_value as segment_value,
        case when brought.has_tickets then coalesce(joined.tickets_opened, 0) end as tickets_opened,
        case when brought.has_tickets then coalesce(joined.tickets_resolved, 0) end as tickets_resolved,
        case when brought.has_tickets then coalesce(joined.open_at_close, 0) end as open_at_close,
        case when brought.has_tickets then coalesce(joined.escalated, 0) end as escalated,
        case when brought.has_replies then cast(coalesce(joined.replies, 0) as bigint) end as replies,
        case when brought.has_tickets then cast(coalesce(joined.customers_served, 0) as bigint) end
            as customers_served,
        case when activities_brought.has_activities then cast(coalesce(joined.help_views, 0) as bigint) end
            as help_views,
        joined.median_first_response_minutes,
        joined.p90_first_response_minutes,
        joined.median_resolution_hours,
        joined.p90_resolution_hours,
        case
            when brought.has_tickets
                then 100 * {{ rate('coalesce(joined.tickets_opened, 0)', 'customers.customers') }}
        end as tickets_per_100_customers
    from joined
    cross join brought
    cross join activities_brought
    left join customers
        on
            joined.shown_month = customers.month_start
            and joined.shown_dimension = customers.segment_dimension
            and joined.shown_value = customers.segment_value
)

select * from final
