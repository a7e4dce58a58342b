-- The first day of each kind of record, whoever it is about: before it, nothing recorded says nothing.
with activities as (
    select
        min(case when activity_type in ('training', 'webinar', 'workshop') then occurred_on end)
            as first_training_on,
        min(case when activity_type in ('event', 'user_group', 'interview', 'award') then occurred_on end)
            as first_event_on,
        min(case when activity_type in ('video_view', 'help_view', 'download') then occurred_on end)
            as first_content_on,
        min(case when substr(activity_type, 1, 10) = 'community_' then occurred_on end) as first_community_on,
        min(case when activity_type = 'email' and response is not null then occurred_on end)
            as first_message_on,
        min(case when activity_type in ('onboarding_call', 'qbr', 'call', 'chat') then occurred_on end)
            as first_touch_on
    from {{ ref('fct_cs_activities') }}
),

users as (
    select
        min(issued_on) as first_user_on,
        min(champion_from) as first_champion_on
    from {{ ref('dim_users') }}
),

features as (
    select min(month_start) as first_feature_month from {{ ref('fct_account_feature_months') }}
),

tickets as (
    select min(opened_on) as first_ticket_on from {{ ref('fct_support_tickets') }}
),

cancellations as (
    select min(cancelled_on) as first_cancellation_on from {{ ref('fct_cancellations') }}
),

opportunities as (
    select min(created_on) as first_opportunity_on from {{ ref('fct_opportunities') }}
),

final as (
    select
        activities.*,
        users.*,
        features.*,
        tickets.*,
        cancellations.*,
        opportunities.*
    from activities
    cross join users
    cross join features
    cross join tickets
    cross join cancellations
    cross join opportunities
)

select * from final
