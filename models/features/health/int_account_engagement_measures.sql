-- How an account meets the company: in training, at events, in what it reads, in its community, and with its people.
with account_dates as (
    select * from {{ ref('int_account_as_of_dates') }}
),

activities as (
    select * from {{ ref('fct_cs_activities') }}
    where account_id is not null
),

windows as (
    select * from {{ ref('int_month_windows') }}
    where months_ago < 3
),

first_records as (
    select * from {{ ref('int_first_records') }}
),

-- Whoever registered and did not come was not there.
account_months as (
    select
        account_id,
        month_start,
        {{ count_where(
            "activity_type in ('training', 'webinar', 'workshop') and coalesce(response != 'registered', true)"
        ) }} as trainings,
        {{ count_where(
            "activity_type in ('event', 'user_group', 'interview', 'award') and coalesce(response != 'registered', true)"
        ) }} as events,
        {{ count_where("activity_type in ('video_view', 'help_view', 'download')") }} as content_views,
        {{ count_where("substr(activity_type, 1, 10) = 'community_'") }} as community_actions,
        {{ count_where("activity_type = 'email' and response is not null") }} as messages,
        {{ count_where("activity_type = 'email' and response in ('opened', 'clicked')") }} as reactions,
        {{ count_where("activity_type in ('onboarding_call', 'qbr', 'call', 'chat')") }} as touches
    from activities
    group by account_id, month_start
),

counted as (
    select
        account_months.account_id,
        windows.month_start,
        sum(account_months.trainings) as trainings,
        sum(account_months.events) as events,
        sum(account_months.content_views) as content_views,
        sum(account_months.community_actions) as community_actions,
        sum(account_months.messages) as messages,
        sum(account_months.reactions) as reactions,
        sum(account_months.touches) as touches
    from account_months
    inner join windows on account_months.month_start = windows.source_month
    group by account_months.account_id, windows.month_start
),

dated as (
    select
        *,
        {{ add_months('month_start', -2) }} as window_start
    from account_dates
),

final as (
    select
        dated.account_id,
        dated.as_of_date,
        {%- for measure, first_day in [
            ('trainings', 'first_training_on'), ('events', 'first_event_on'), ('content_views', 'first_content_on'),
            ('community_actions', 'first_community_on'), ('touches', 'first_touch_on')
        ] %}
        case
            when {{ month_start('first_records.' ~ first_day) }} <= dated.window_start
                then cast(coalesce(counted.{{ measure }}, 0) as double)
        end as {{ measure }}_3m,
        {%- endfor %}
        {{ rate('counted.reactions', 'counted.messages') }} as reaction_rate_3m
    from dated
    cross join first_records
    left join counted on dated.account_id = counted.account_id and dated.month_start = counted.month_start
)

select * from final
