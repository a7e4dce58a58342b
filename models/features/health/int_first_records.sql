-- The first day of each kind of record, of any account. Before this day, no rows means no data.
with activities as (
    select
        {%- for measure in ['trainings', 'events', 'content_views', 'community_actions', 'touches'] %}
        min(case when health_measure = '{{ measure }}' then occurred_on end) as first_{{ measure }}_on,
        {%- endfor %}
        min(case when health_measure = 'messages' and response is not null then occurred_on end) as first_messages_on
    from {{ ref('int_cs_activities') }}
),

users as (
    select
        min(issued_on) as first_user_on,
        min(champion_from) as first_champion_on
    from {{ ref('dim_users') }}
),

usage_days as (
    select
        min(activity_date) as first_usage_on,
        min(case when user_count > 0 then activity_date end) as first_user_usage_on
    from {{ ref('int_account_usage_days') }}
),

features as (
    select min(month_start) as first_feature_month from {{ ref('fct_account_feature_months') }}
),

gauges as (
    select
        {%- for measure in ['integrations', 'connections', 'apps_built', 'data_volume', 'seats_limit'] %}
        min(case when {{ measure }} is not null then month_start end) as first_{{ measure }}_month{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_account_gauge_months') }}
),

surveys as (
    select
        min(case when survey_kind = 'nps' then responded_on end) as first_nps_on,
        min(case when survey_kind = 'csat' then responded_on end) as first_csat_on
    from {{ ref('fct_survey_responses') }}
    where account_id is not null
),

reviews as (
    select min(posted_on) as first_review_on from {{ ref('fct_reviews') }}
    where account_id is not null and rating is not null
),

tickets as (
    select min(opened_on) as first_ticket_on from {{ ref('fct_support_tickets') }}
),

cancellations as (
    select min(cancelled_on) as first_cancellation_on from {{ ref('fct_cancellations') }}
),

contracts as (
    select min(started_at) as first_contract_at from {{ ref('fct_contract_renewals') }}
),

past_due as (
    select min(started_on) as first_past_due_on from {{ ref('fct_subscription_periods') }}
    where mrr_local > 0 and status = 'past_due'
),

opportunities as (
    select min(created_on) as first_opportunity_on from {{ ref('fct_opportunities') }}
),

goals as (
    select min(set_on) as first_goal_on from {{ ref('fct_customer_goals') }}
),

steps as (
    select min(reached_at) as first_step_at from {{ ref('int_onboarding_steps_reached') }}
),

settings as (
    select * from {{ ref('int_settings') }}
),

final as (
    select
        activities.*,
        users.*,
        usage_days.*,
        features.*,
        gauges.*,
        surveys.*,
        reviews.*,
        tickets.*,
        cancellations.*,
        {{ local_date('contracts.first_contract_at', 'settings.reporting_timezone') }} as first_contract_on,
        past_due.*,
        opportunities.*,
        goals.*,
        {{ local_date('steps.first_step_at', 'settings.reporting_timezone') }} as first_step_on
    from activities
    cross join users
    cross join usage_days
    cross join features
    cross join gauges
    cross join surveys
    cross join reviews
    cross join tickets
    cross join cancellations
    cross join contracts
    cross join past_due
    cross join opportunities
    cross join goals
    cross join steps
    cross join settings
)

select * from final
