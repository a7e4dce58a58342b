with ticket_months as (
    select * from {{ ref('fct_support_ticket_months') }}
),

touch_months as (
    select * from {{ ref('fct_account_touch_months') }}
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

asking_accounts as (
    select distinct
        account_id,
        month_start
    from ticket_months
    where is_opened
),

-- An account that viewed help pages and opened no ticket in the month found help without asking.
helped_accounts as (
    select
        touch_months.*,
        asking_accounts.account_id is null as is_self_helped
    from touch_months
    inner join activity_types on touch_months.activity_type = activity_types.activity_type
    left join asking_accounts
        on
            touch_months.account_id = asking_accounts.account_id
            and touch_months.month_start = asking_accounts.month_start
    where activity_types.is_self_service
),

help as (
    select
        month_start,
        {{ segment_columns() }},
        sum(touches) as help_views,
        count(distinct account_id) as help_accounts,
        count(distinct case when is_self_helped then account_id end) as self_service_accounts
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
        figures.shown_month as month_start,
        figures.shown_dimension as segment_dimension,
        figures.shown_value as segment_value,
        {%- for column in ['tickets_opened', 'tickets_resolved', 'open_at_close', 'escalated'] %}
        case when supplied_inputs.has_support_tickets then coalesce(figures.{{ column }}, 0) end as {{ column }},
        {%- endfor %}
        {%- for column, is_known in [
            ('complaints', 'known_columns.are_complaints_known'),
            ('replies', 'known_columns.are_replies_known'),
            ('customers_served', 'supplied_inputs.has_support_tickets'),
            ('help_views', 'supplied_inputs.has_cs_activities'),
            ('help_accounts', 'supplied_inputs.has_cs_activities'),
            ('self_service_accounts', 'supplied_inputs.has_support_tickets and supplied_inputs.has_cs_activities')
        ] %}
        case when {{ is_known }} then cast(coalesce(figures.{{ column }}, 0) as bigint) end as {{ column }},
        {%- endfor %}
        case
            when supplied_inputs.has_support_tickets
                then {{ rate('figures.self_service_accounts', 'figures.help_accounts') }}
        end as self_service_rate,
        customers.customers,
        figures.median_first_response_minutes,
        figures.p90_first_response_minutes,
        figures.median_resolution_hours,
        figures.p90_resolution_hours,
        case
            when supplied_inputs.has_support_tickets
                then 100 * {{ rate('coalesce(figures.tickets_opened, 0)', 'customers.customers') }}
        end as tickets_per_100_customers
    from tickets_and_help as figures
    cross join supplied_inputs
    cross join known_columns
    left join customers
        on
            figures.shown_month = customers.month_start
            and figures.shown_dimension = customers.segment_dimension
            and figures.shown_value = customers.segment_value
)

select * from final
