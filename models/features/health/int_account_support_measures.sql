-- Support tickets per user of an account, and hours until they are resolved.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

tickets as (
    select * from {{ ref('fct_support_tickets') }}
    where account_id is not null
),

months as (
    select * from {{ ref('int_months') }}
),

windows as (
    select * from {{ ref('int_month_windows') }}
    where months_ago < 3
),

usage_months as (
    select * from {{ ref('fct_account_usage_months') }}
),

first_records as (
    select * from {{ ref('int_first_records') }}
),

-- Tickets are summed by month first: those opened and those resolved.
opened_months as (
    select
        account_id,
        month_start,
        {{ known_month() }} as known_month,
        count(*) as opened,
        {{ count_where('is_escalated') }} as escalated
    from tickets
    group by account_id, month_start, {{ known_month() }}
),

resolved_months as (
    select
        account_id,
        {{ month_start('resolved_on') }} as month_start,
        {{ known_month() }} as known_month,
        count(resolution_hours) as timed,
        -- Summed as decimals, which add up alike in any order.
        sum(cast(resolution_hours as decimal(18, 6))) as resolution_hours
    from tickets
    where resolved_on is not null
    group by account_id, {{ month_start('resolved_on') }}, {{ known_month() }}
),

opened as (
    select
        opened_months.account_id,
        windows.month_start,
        {%- for count in ['opened', 'escalated'] %}
        sum(case when opened_months.known_month <= windows.month_start then opened_months.{{ count }} end) as {{ count }},
        sum(opened_months.{{ count }}) as {{ count }}_hindsight{{ ',' if not loop.last }}
        {%- endfor %}
    from opened_months
    inner join windows on opened_months.month_start = windows.source_month
    group by opened_months.account_id, windows.month_start
),

resolved as (
    select
        resolved_months.account_id,
        windows.month_start,
        {%- for sum in ['resolution_hours', 'timed'] %}
        sum(case when resolved_months.known_month <= windows.month_start then resolved_months.{{ sum }} end) as {{ sum }},
        sum(resolved_months.{{ sum }}) as {{ sum }}_hindsight{{ ',' if not loop.last }}
        {%- endfor %}
    from resolved_months
    inner join windows on resolved_months.month_start = windows.source_month
    group by resolved_months.account_id, windows.month_start
),

open_tickets as (
    select
        tickets.account_id,
        months.month_start,
        {{ count_where(known_month('tickets') ~ ' <= months.month_start') }} as open_tickets,
        count(*) as open_tickets_hindsight
    from tickets
    inner join months
        on
            tickets.opened_on <= months.closes_on
            and coalesce(tickets.resolved_on > months.closes_on, true)
    group by tickets.account_id, months.month_start
),

-- Per user, because large accounts open more tickets; where users are not known, the account counts as one.
account_users as (
    select
        account_dates.account_id,
        account_dates.as_of_date,
        account_dates.month_start,
        greatest(coalesce(usage_months.issued_users, 1), 1) as users,
        {{ month_start('first_records.first_ticket_on') }} <= {{ add_months('account_dates.month_start', -2) }}
            as is_recorded
    from account_dates
    cross join first_records
    left join usage_months
        on
            account_dates.account_id = usage_months.account_id
            and account_dates.month_start = usage_months.month_start
),

final as (
    select
        account_users.account_id,
        account_users.as_of_date,
        {%- for reading in ['', '_hindsight'] %}
        {%- for measure, count in {
            'open_tickets_per_user': 'open_tickets.open_tickets',
            'tickets_per_user_3m': 'opened.opened',
            'escalations_per_user_3m': 'opened.escalated',
        }.items() %}
        case
            when account_users.is_recorded then {{ rate('coalesce(' ~ count ~ reading ~ ', 0)', 'account_users.users') }}
        end as {{ measure }}{{ reading }},
        {%- endfor %}
        case
            when account_users.is_recorded
                then {{ rate('resolved.resolution_hours' ~ reading, 'resolved.timed' ~ reading) }}
        end as resolution_hours_3m{{ reading }}{{ ',' if not loop.last }}
        {%- endfor %}
    from account_users
    left join opened on account_users.account_id = opened.account_id and account_users.month_start = opened.month_start
    left join resolved on account_users.account_id = resolved.account_id and account_users.month_start = resolved.month_start
    left join open_tickets
        on account_users.account_id = open_tickets.account_id and account_users.month_start = open_tickets.month_start
)

select * from final
