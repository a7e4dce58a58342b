{%- set measures = ['trainings', 'events', 'content_views', 'community_actions', 'touches'] %}
-- Touch points of an account over three months, by the measure that the seed activity_types counts each kind for.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

activities as (
    select * from {{ ref('int_cs_activities') }}
    where account_id is not null
),

windows as (
    select * from {{ ref('int_month_windows') }}
    where months_ago < 3
),

first_records as (
    select * from {{ ref('int_first_records') }}
),

-- No-shows are excluded from what customers attend.
account_months as (
    select
        account_id,
        month_start,
        {{ known_month() }} as known_month,
        {{ count_where("health_measure = 'trainings' and not is_no_show") }} as trainings,
        {{ count_where("health_measure = 'events' and not is_no_show") }} as events,
        {{ count_where("health_measure = 'content_views'") }} as content_views,
        {{ count_where("health_measure = 'community_actions'") }} as community_actions,
        {{ count_where("health_measure = 'touches'") }} as touches,
        {{ count_where("health_measure = 'messages' and response is not null") }} as messages,
        {{ count_where("health_measure = 'messages' and is_reaction") }} as answered_messages
    from activities
    group by account_id, month_start, {{ known_month() }}
),

window_counts as (
    select
        account_months.account_id,
        windows.month_start,
        {%- for count in measures + ['messages', 'answered_messages'] %}
        sum(case when account_months.known_month <= windows.month_start then account_months.{{ count }} end) as {{ count }},
        sum(account_months.{{ count }}) as {{ count }}_hindsight{{ ',' if not loop.last }}
        {%- endfor %}
    from account_months
    inner join windows on account_months.month_start = windows.source_month
    group by account_months.account_id, windows.month_start
),

account_windows as (
    select
        *,
        {{ add_months('month_start', -2) }} as window_start
    from account_dates
),

final as (
    select
        account_windows.account_id,
        account_windows.as_of_date,
        {%- for reading in ['', '_hindsight'] %}
        {%- for measure in measures %}
        case
            when {{ month_start('first_records.first_' ~ measure ~ '_on') }} <= account_windows.window_start
                then cast(coalesce(window_counts.{{ measure }}{{ reading }}, 0) as double)
        end as {{ measure }}_3m{{ reading }},
        {%- endfor %}
        {{ rate('window_counts.answered_messages' ~ reading, 'window_counts.messages' ~ reading) }}
            as reaction_rate_3m{{ reading }}{{ ',' if not loop.last }}
        {%- endfor %}
    from account_windows
    cross join first_records
    left join window_counts
        on
            account_windows.account_id = window_counts.account_id
            and account_windows.month_start = window_counts.month_start
)

select * from final
