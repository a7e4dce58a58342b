with ticket_months as (
    select * from {{ ref('fct_support_ticket_months') }}
),

activities as (
    select * from {{ ref('fct_cs_activities') }}
),

supplied_inputs as (
    select * from {{ ref('dim_supplied_inputs') }}
),

activity_types as (
    select * from {{ ref('activity_types') }}
),

known_columns as (
    select
        count(replies) > 0 as are_replies_known,
        count(is_complaint) > 0 as are_complaints_known
    from ticket_months
),

tickets as (
    select
        month_start,
        {{ segment_columns() }},
        {{ count_where('is_opened') }} as tickets_opened,
        {{ count_where('is_resolved') }} as tickets_resolved,
        {{ count_where('is_open_at_close') }} as open_at_close,
        {{ count_where('is_escalated') }} as escalated,
        {{ count_known('case when is_opened then is_complaint end') }} as complaints,
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
        activities.account_id,
        {%- for column in segment_dimensions().values() %}
        activities.{{ 'account_csm_id as csm_id' if column == 'csm_id' else column }},
        {%- endfor %}
        activities.month_start
    from activities
    inner join activity_types on activities.activity_type = activity_types.activity_type
    where activity_types.is_self_service
),

asking_accounts as (
    select distinct
        account_id,
        month_start
    from ticket_months
    where is_opened
),

-- Who viewed help pages and opened no ticket in the month found help without asking.
helped_accounts as (
    select
        {%- for column in segment_dimensions().values() %}
        help_views.{{ column }},
        {%- endfor %}
        help_views.month_start,
        help_views.account_id,
        count(*) as help_views,
        max(case when asking_accounts.account_id is null then 1 else 0 end) as helped_themselves
    from help_views
    left join asking_accounts
        on help_views.account_id = asking_accounts.account_id and help_views.month_start = asking_accounts.month_start
    group by
        {%- for column in segment_dimensions().values() %}
        help_views.{{ column }},
        {%- endfor %}
        help_views.month_start,
        help_views.account_id
),

help as (
    select
        month_start,
        {{ segment_columns() }},
        sum(help_views) as help_views,
        count(*) as help_accounts,
        sum(helped_themselves) as self_service_accounts
    from helped_accounts
    {{ group_by_segments(['month_start']) }}
),

customers as (
    {{ customer_counts() }}
),

tickets_and_help as (
    select
        tickets.*,
        help.help_views,
        help.help_accounts,
        help.self_service_accounts,
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

-- A supplied table without rows is 0; a table not supplied is NULL.
final as (
    select
        tickets_and_help.shown_month as month_start,
        tickets_and_help.shown_dimension as segment_dimension,
        tickets_and_help.shown_value as segment_value,
        case when supplied_inputs.has_support_tickets then coalesce(tickets_and_help.tickets_opened, 0) end as tickets_opened,
        case when supplied_inputs.has_support_tickets then coalesce(tickets_and_help.tickets_resolved, 0) end as tickets_resolved,
        case when supplied_inputs.has_support_tickets then coalesce(tickets_and_help.open_at_close, 0) end as open_at_close,
        case when supplied_inputs.has_support_tickets then coalesce(tickets_and_help.escalated, 0) end as escalated,
        case when known_columns.are_complaints_known then cast(coalesce(tickets_and_help.complaints, 0) as bigint) end
            as complaints,
        case when known_columns.are_replies_known then cast(coalesce(tickets_and_help.replies, 0) as bigint) end as replies,
        case when supplied_inputs.has_support_tickets then cast(coalesce(tickets_and_help.customers_served, 0) as bigint) end
            as customers_served,
        case when supplied_inputs.has_cs_activities then cast(coalesce(tickets_and_help.help_views, 0) as bigint) end
            as help_views,
        case when supplied_inputs.has_cs_activities then cast(coalesce(tickets_and_help.help_accounts, 0) as bigint) end
            as help_accounts,
        case
            when supplied_inputs.has_support_tickets and supplied_inputs.has_cs_activities
                then cast(coalesce(tickets_and_help.self_service_accounts, 0) as bigint)
        end as self_service_accounts,
        case
            when supplied_inputs.has_support_tickets
                then {{ rate('tickets_and_help.self_service_accounts', 'tickets_and_help.help_accounts') }}
        end as self_service_rate,
        customers.customers,
        tickets_and_help.median_first_response_minutes,
        tickets_and_help.p90_first_response_minutes,
        tickets_and_help.median_resolution_hours,
        tickets_and_help.p90_resolution_hours,
        case
            when supplied_inputs.has_support_tickets
                then 100 * {{ rate('coalesce(tickets_and_help.tickets_opened, 0)', 'customers.customers') }}
        end as tickets_per_100_customers
    from tickets_and_help
    cross join supplied_inputs
    cross join known_columns
    left join customers
        on
            tickets_and_help.shown_month = customers.month_start
            and tickets_and_help.shown_dimension = customers.segment_dimension
            and tickets_and_help.shown_value = customers.segment_value
)

select * from final
